#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// An entry of `dynamic:`: a name whose records depend on the request or on the host's interfaces.
struct Dynamic {
  enum class Kind : std::uint8_t {
    self,       ///< the local address of the request
    client,     ///< the client's address
    whoami,     ///< all that is known of the request
    interface,  ///< the current addresses of an interface
    nearest,    ///< of the given addresses, those on the subnet of the arrival interface, either first or only
  };

  Kind kind = Kind::self;
  std::uint32_t ttl = 0;                              ///< seconds
  bool subnet = false;                                ///< for client: a second TXT with the client subnet (RFC 7871)
  std::string interface {};                           ///< for interface: its name
  std::vector<boost::asio::ip::address> addresses{};  ///< for nearest: at most most_addresses
  bool only = false;                                  ///< for nearest: leave out addresses that are not on the subnet
  bool all = false;  ///< for self and interface: also addresses of the host that are deprecated or temporary

  /// Most addresses in an answer.
  static constexpr std::size_t most_addresses = 64;

  /// Whether the dynamic name provides the records of that type.
  bool covers(std::uint16_t type) const noexcept;

  friend bool operator==(const Dynamic&, const Dynamic&) = default;
};

}  // namespace thence::dns
