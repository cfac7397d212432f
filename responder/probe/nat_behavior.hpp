#pragma once

#include "responder/probe/binding_transaction.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a NAT does, decided from what was seen of it (RFC 5780 §4): no sockets here.
namespace thence::probe {

/// On what of the destination a mapping, or what is let in through it, depends (RFC 4787 §4.1, §5).
enum class Dependence : std::uint8_t { endpoint_independent, address_dependent, address_and_port_dependent };

/// "endpoint-independent", "address-dependent", "address-and-port-dependent".
std::string_view name(Dependence dependence);

/// Where a server answers from besides the transport address asked: OTHER-ADDRESS and what follows from it (RFC 5780
/// §6.1, Table 1).
struct Alternates {
  Endpoint address;  ///< other address, same port
  Endpoint port;     ///< same address, other port
  Endpoint both;
};

/// @return nothing when OTHER-ADDRESS shares the address or the port that was asked, or is of another family
std::optional<Alternates> alternates(const Endpoint& asked, const Endpoint& other_address);

/// A filtering test (§4.4): a request to answer from an alternate.
struct FilteringTest {
  BindingOutcome fresh;   ///< from a socket that has sent nothing to any other destination
  BindingOutcome opened;  ///< from the main socket after it has asked the alternate itself: a filter lets this in
};

enum class Hairpin : std::uint8_t { not_tried, received, silent };

/// Requests that have to leave in fragments (§4.7). Where `padded` is not answered with success, the others tell why:
/// a server ignores the ballast of `heavy` and `whole`, so that its answer is small, whatever it makes of PADDING.
struct PaddingTest {
  std::size_t link_mtu = 0;       ///< octets that the link takes at once; 0: unknown
  std::size_t request_size = 0;   ///< octets of the padded request with IP and UDP headers
  std::size_t response_size = 0;  ///< the same of the response
  BindingOutcome padded{};        ///< not tried where the link takes more than a server need receive
  BindingOutcome small{};         ///< a request with PADDING that needs no fragments
  BindingOutcome heavy{};         ///< a request in fragments, without PADDING
  BindingOutcome whole{};         ///< the largest request without PADDING that needs no fragments
};

/// A binding that was left alone for a time.
struct LifetimeTest {
  std::chrono::seconds left_alone{};
  bool survived = false;  ///< what the server then sent to it arrived
};

/// The binding lifetime test (§4.6).
struct LifetimeTests {
  std::vector<LifetimeTest> tests;
  std::string why_not{};  ///< why the tests say nothing, or why there are none; else empty
};

/// What was seen from one local address. All outcomes but those of fresh sockets, `padded` and `small` are of one
/// socket, the main one.
struct NatObservations {
  Endpoint server{};
  Endpoint local{};                    ///< of the main socket
  BindingOutcome primary{};            ///< the server as the user named it (§4.3, test I)
  BindingOutcome alternate_address{};  ///< test II
  BindingOutcome alternate_both{};     ///< test III
  BindingOutcome alternate_port{};
  FilteringTest change_both{};
  FilteringTest change_port{};
  Hairpin hairpin = Hairpin::not_tried;
  PaddingTest padding{};
  LifetimeTests lifetime{};
};

struct NotFoundOut {
  std::string what;
  std::string why;
};

struct Lifetime {
  std::optional<std::chrono::seconds> at_least;   ///< the longest that a binding was left alone and survived
  std::optional<std::chrono::seconds> less_than;  ///< the shortest that it did not
};

/// What was found out. Nothing in an optional: it was not, and `not_found_out` says why.
struct NatBehavior {
  std::optional<bool> nat;
  std::optional<Dependence> mapping;
  std::optional<Dependence> filtering;
  std::optional<bool> hairpinning;  ///< nothing as well where there is no NAT
  Lifetime lifetime;
  std::optional<bool> fragments;  ///< in both directions
  std::optional<bool> fragmented_requests;
  std::optional<bool> fragmented_responses;
  std::optional<std::string> old_name;  ///< as RFC 3489 §5 and §10.1 called it: "port-restricted cone"
  std::string verdict;                  ///< a sentence in the terms of RFC 4787, and what it means between peers
  std::vector<NotFoundOut> not_found_out;
  std::vector<std::string> findings;  ///< what a good server does not do
};

NatBehavior decide(const NatObservations& seen);

/// Whether an outcome is an answer from where it was expected.
bool came_from(const BindingOutcome& outcome, const Endpoint& expected);

/// The mapping alone, as decide() has it. @param not_found_out gets the reason where there is none
std::optional<Dependence> mapping_of(const NatObservations& seen, std::vector<NotFoundOut>& not_found_out);

}  // namespace thence::probe
