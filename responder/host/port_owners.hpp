#pragma once

#include "responder/binding.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace thence {

/// Whose the bound sockets of the host are, as the system lists them (proc_pid_net(5)). A port that is shared with a
/// socket of our own (SO_REUSEPORT) may be shared with one of another program of the same user, too, and the system
/// does not say so. Everything is read once.
class PortOwners {
 public:
  PortOwners();

  /// Whether another process has a socket that would share requests with one that is bound so.
  bool others_share(const Binding& binding);

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
