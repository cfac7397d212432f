#pragma once

#include "config/prefix.hpp"
#include "config/reader.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/route.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// The source address of queries to an upstream.
struct ForwardSource {
  enum class Kind : std::uint8_t {
    route,      ///< the system chooses
    asked,      ///< the local address that the request arrived on, if it can be the source of such a query
    address,    ///< a given one, for upstreams of its family
    interface,  ///< any address, but only through that interface
  };

  Kind kind = Kind::route;
  boost::asio::ip::address address{};
  std::string interface {};

  friend bool operator==(const ForwardSource&, const ForwardSource&) = default;
};

/// One entry of `forward:`: which upstreams answer for the names of a zone.
struct Forward {
  static constexpr std::size_t most_upstreams = 8;

  Name zone;
  std::vector<Endpoint> upstreams;  ///< at least one, in order of preference
  ForwardSource from;
  std::chrono::milliseconds timeout{};  ///< per attempt
  config::PrefixList clients;           ///< whose questions are forwarded
  bool open = false;                    ///< `.` is deliberately served to everybody

  friend bool operator==(const Forward&, const Forward&) = default;
};

/// Reads one entry. An open resolver, `.` for all clients, is an error unless the user asks for it explicitly.
/// @param view_clients the clients matched by the view that contains the entry, which serve as well as a list of its
///        own; nullptr: it is in no view
/// @return nothing on errors, which are reported
std::optional<Forward> read_forward(const config::Cursor& at, const config::PrefixList* view_clients = nullptr);

/// The settings of `forwarding:`, per worker.
struct ForwardingLimits {
  std::size_t outstanding = 10'000;          ///< questions waiting for an upstream, in total
  std::size_t outstanding_per_client = 200;  ///< of one IPv4 address or one IPv6 /64
  std::size_t cache = 16UL * 1024 * 1024;    ///< octets; 0: none
  /// How long after expiry an answer may be used if all upstreams fail; 0: never.
  std::chrono::seconds stale = std::chrono::hours(24);

  friend bool operator==(const ForwardingLimits&, const ForwardingLimits&) = default;
};

/// Reads the section `forwarding:`.
ForwardingLimits read_forwarding(const config::Cursor& at);

}  // namespace thence::dns
