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

/// From where an upstream is asked.
struct ForwardSource {
  enum class Kind : std::uint8_t {
    route,      ///< the system chooses
    asked,      ///< the local address that the request came to, where it can be the source of such a query
    address,    ///< that one, for the upstreams of its family
    interface,  ///< any address, but only by that interface
  };

  Kind kind = Kind::route;
  boost::asio::ip::address address{};
  std::string interface {};

  friend bool operator==(const ForwardSource&, const ForwardSource&) = default;
};

/// One entry of `forward:`: who is asked about the names of a zone.
struct Forward {
  static constexpr std::size_t most_upstreams = 8;

  Name zone;
  std::vector<Endpoint> upstreams;  ///< at least one, in the order in which they are preferred
  ForwardSource from;
  std::chrono::milliseconds timeout{};  ///< of one try
  config::PrefixList clients;           ///< whose questions are passed on
  bool open = false;                    ///< `.` is meant for everybody

  friend bool operator==(const Forward&, const Forward&) = default;
};

/// Reads one entry. Whatever would be an open resolver without the user saying so is a mistake: `.` for all clients.
/// @param view_clients the clients that the view matches in which the entry stands; nullptr: it stands in none. They
///        serve as well as a list of the entry's own.
/// @return nothing where something is wrong, which is told
std::optional<Forward> read_forward(const config::Cursor& at, const config::PrefixList* view_clients = nullptr);

/// What `forwarding:` says; each worker has its own.
struct ForwardingLimits {
  std::size_t outstanding = 10'000;                     ///< questions that wait for an upstream, in all
  std::size_t outstanding_per_client = 200;             ///< of one IPv4 address, or one IPv6 prefix of 64 bits
  std::size_t cache = 16UL * 1024 * 1024;               ///< octets; 0: none
  std::chrono::seconds stale = std::chrono::hours(24);  ///< how long after its end an answer may be used when all
                                                        ///< upstreams fail; 0: never

  friend bool operator==(const ForwardingLimits&, const ForwardingLimits&) = default;
};

/// Reads the section `forwarding:`.
ForwardingLimits read_forwarding(const config::Cursor& at);

}  // namespace thence::dns
