#pragma once

#include <cstddef>
#include <map>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// How many TCP connections each client and each site has. A client is an IPv4 address or an IPv6 /64; a site is an
/// IPv4 address or an IPv6 /48, within which one customer may have any number of /64s (RFC 6177).
class ConnectionCounts {
 public:
  void add(const boost::asio::ip::address& peer);
  void remove(const boost::asio::ip::address& peer) noexcept;

  std::size_t of_client(const boost::asio::ip::address& peer) const noexcept;
  std::size_t of_site(const boost::asio::ip::address& peer) const noexcept;

 private:
  using Counts = std::map<boost::asio::ip::address, std::size_t>;

  Counts clients_;
  Counts sites_;
};

/// Whether both addresses are of one site.
bool same_site(const boost::asio::ip::address& a, const boost::asio::ip::address& b) noexcept;

}  // namespace thence
