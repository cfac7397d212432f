#pragma once

#include "protocols/route.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// Whose the bound sockets of the host are, as the system lists them. A port that is shared with a socket of our own
/// (SO_REUSEPORT) may be shared with one of another program of the same user, too, and the system does not say so.
/// Everything is read once; what cannot be read is taken for nobody's.
class PortOwners {
 public:
  PortOwners();

  /// The addresses on which other processes have a socket of that port: of TCP, a listening one. Unspecified: all.
  std::vector<boost::asio::ip::address> others(Transport transport, std::uint16_t port);

 private:
  struct Socket {
    boost::asio::ip::address address;
    std::uint64_t inode = 0;
  };
  using Ports = std::map<std::uint16_t, std::vector<Socket>>;

  Ports& ports(Transport transport);

  std::set<std::uint64_t> own_;  // inodes of the sockets of this process
  std::map<Transport, Ports> ports_;
};

}  // namespace thence
