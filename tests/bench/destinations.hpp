#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/ip/udp.hpp>

namespace thence::bench {

/// The addresses of a prefix, all with one port.
class Destinations {
 public:
  using Endpoint = boost::asio::ip::udp::endpoint;

  /// @param prefix IPv4 or IPv6, such as 127.1.0.0/16
  /// @throws boost::system::system_error when it is not a prefix
  Destinations(const std::string& prefix, std::uint16_t port) : port_(port) {
    if (prefix.find(':') == std::string::npos) {
      const auto network = boost::asio::ip::make_network_v4(prefix);
      bits_ = 32U - network.prefix_length();
      first_ = network.network();
    } else {
      const auto network = boost::asio::ip::make_network_v6(prefix);
      bits_ = std::min(64U, 128U - network.prefix_length());
      first_ = network.network();
    }
  }

  bool ipv4() const { return first_.is_v4(); }

  /// One of them. @param number any, taken modulo the number of addresses
  Endpoint pick(std::uint64_t number) const {
    if (bits_ < 64) number &= (std::uint64_t{1} << bits_) - 1;
    if (ipv4()) {
      return {boost::asio::ip::address_v4(first_.to_v4().to_uint() | static_cast<std::uint32_t>(number)), port_};
    }
    auto octets = first_.to_v6().to_bytes();
    for (std::size_t i = 15; number != 0; --i, number >>= 8U) octets[i] |= static_cast<unsigned char>(number & 0xFFU);
    return {boost::asio::ip::address_v6(octets), port_};
  }

 private:
  std::uint16_t port_;
  unsigned bits_ = 0;  // the host part
  boost::asio::ip::address first_;
};

}  // namespace thence::bench
