#pragma once

#include "protocols/route.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// Which processes own the host's bound sockets, as the system lists them. A port that we share between our own sockets
/// (SO_REUSEPORT) can also be shared by another program of the same user, and the system does not tell us. Everything
/// is read once; a socket whose owner cannot be read counts as nobody's.
class PortOwners {
 public:
  PortOwners();

  /// The addresses on which other processes have a socket (for TCP, a listening one) on that port. Unspecified: all
  /// addresses.
  std::vector<boost::asio::ip::address> others(Transport transport, std::uint16_t port);

 private:
  struct Socket {
    boost::asio::ip::address address;
    std::uint64_t inode = 0;
  };
  using Ports = std::map<std::uint16_t, std::vector<Socket>>;

  Ports& ports(Transport transport);

  std::set<std::uint64_t> own_;  // inodes of this process's sockets
  std::map<Transport, Ports> ports_;
};

}  // namespace thence
