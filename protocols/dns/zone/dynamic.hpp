#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// What an entry of `dynamic:` says: a name whose records depend on the request or on the host's interfaces.
struct Dynamic {
  enum class Kind : std::uint8_t {
    self,       ///< the address that was asked
    client,     ///< who asked
    whoami,     ///< all that is known of the request
    interface,  ///< the addresses that an interface has now
    nearest,    ///< those of some addresses that are on the subnet of the arrival interface, first or alone
  };

  Kind kind = Kind::self;
  std::uint32_t ttl = 0;                              ///< seconds
  bool subnet = false;                                ///< of client: a second TXT with the client subnet (RFC 7871)
  std::string interface {};                           ///< of interface: its name
  std::vector<boost::asio::ip::address> addresses{};  ///< of nearest: at most most_addresses
  bool only = false;                                  ///< of nearest: others than those on the subnet are left out

  /// So many addresses a name tells at most.
  static constexpr std::size_t most_addresses = 64;

  /// Whether the name stands in for the records of that type.
  bool covers(std::uint16_t type) const noexcept;

  friend bool operator==(const Dynamic&, const Dynamic&) = default;
};

}  // namespace thence::dns
