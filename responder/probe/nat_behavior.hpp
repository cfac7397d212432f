#pragma once

#include "responder/probe/binding_transaction.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Classifies a NAT's behaviour from the observations made (RFC 5780 §4); no sockets here.
namespace thence::probe {

/// Which part of the remote endpoint a mapping or a filter depends on (RFC 4787 §4.1, §5).
enum class Dependence : std::uint8_t { endpoint_independent, address_dependent, address_and_port_dependent };

/// "endpoint-independent", "address-dependent", "address-and-port-dependent".
std::string_view name(Dependence dependence);

/// The other transport addresses a server can answer from: OTHER-ADDRESS, and those derived from it (RFC 5780 §6.1,
/// Table 1).
struct Alternates {
  Endpoint address;  ///< other address, same port
  Endpoint port;     ///< same address, other port
  Endpoint both;
};

/// @return nothing when OTHER-ADDRESS has the same address or port as the one asked, or is of another family
std::optional<Alternates> alternates(const Endpoint& asked, const Endpoint& other_address);

/// A filtering test (§4.4): a request that asks for an answer from an alternate.
struct FilteringTest {
  BindingOutcome fresh;   ///< from a socket that has sent nothing to any other destination
  BindingOutcome opened;  ///< from the main socket, after it has sent to the alternate itself: filters let this in
};

enum class Hairpin : std::uint8_t { not_tried, received, silent };

/// Requests that must be fragmented (§4.7). If `padded` does not succeed, the others show why: servers ignore the
/// ballast of `heavy` and `whole`, so their responses are small however the server treats PADDING.
struct PaddingTest {
  std::size_t link_mtu = 0;       ///< in octets; 0: unknown
  std::size_t request_size = 0;   ///< octets of the padded request, with IP and UDP headers
  std::size_t response_size = 0;  ///< the same for the response
  BindingOutcome padded{};        ///< not tried if the MTU exceeds what a server must accept
  BindingOutcome small{};         ///< a request with PADDING that needs no fragments
  BindingOutcome heavy{};         ///< a request in fragments, without PADDING
  BindingOutcome whole{};         ///< the largest request without PADDING that needs no fragments
};

/// A binding that was left idle for a time.
struct LifetimeTest {
  std::chrono::seconds left_alone{};
  bool survived = false;  ///< whether what the server then sent to it arrived
};

/// The binding lifetime test (§4.6).
struct LifetimeTests {
  std::vector<LifetimeTest> tests;
  std::string why_not{};  ///< why the tests are inconclusive or missing; otherwise empty
};

/// What was observed from one local address. All outcomes are from one socket, the main one, except those from fresh
/// sockets, `padded` and `small`.
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
  std::optional<std::chrono::seconds> at_least;   ///< the longest idle time that a binding survived
  std::optional<std::chrono::seconds> less_than;  ///< the shortest idle time that one did not survive
};

/// The conclusions. An empty optional was not determined, and `not_found_out` says why.
struct NatBehavior {
  std::optional<bool> nat;
  std::optional<Dependence> mapping;
  std::optional<Dependence> filtering;
  std::optional<bool> hairpinning;  ///< also empty when there is no NAT
  Lifetime lifetime;
  std::optional<bool> fragments;  ///< in both directions
  std::optional<bool> fragmented_requests;
  std::optional<bool> fragmented_responses;
  std::optional<std::string> old_name;  ///< the term of RFC 3489 §5 and §10.1: "port-restricted cone"
  std::string verdict;                  ///< one sentence in RFC 4787 terms, and what it means for peer-to-peer traffic
  std::vector<NotFoundOut> not_found_out;
  std::vector<std::string> findings;  ///< faults of the server
};

NatBehavior decide(const NatObservations& seen);

/// Whether an outcome is an answer from the expected source.
bool came_from(const BindingOutcome& outcome, const Endpoint& expected);

/// Only the mapping, as decide() determines it. @param not_found_out gets the reason if it could not be determined
std::optional<Dependence> mapping_of(const NatObservations& seen, std::vector<NotFoundOut>& not_found_out);

}  // namespace thence::probe
