#include "responder/binding.hpp"

#include <cerrno>

#include <sys/socket.h>

namespace thence {

std::vector<Binding> bindings(const config::Listener& listener, HostFamilies host, Share share) {
  const bool ipv4 = listener.ipv4 && host.ipv4;
  const bool ipv6 = listener.ipv6 && host.ipv6;
  std::vector<Binding> all;
  const auto add = [&](Family family) {
    all.push_back({family, listener.port, share, listener.egress, listener.transparent, listener.broadcast});
  };
  if (listener.bind == config::Bind::dual_stack && ipv6) {
    add(Family::dual_stack);
  } else {
    if (ipv4) add(Family::ipv4);
    if (ipv6) add(Family::ipv6);
  }
  return all;
}

void share_port(pktinfo::Socket socket) {
  const int on = 1;
  if (::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    throw boost::system::system_error(errno, boost::system::system_category());
  }
}

}  // namespace thence
