#include "responder/probe/path.hpp"

#include <array>

#include <boost/asio/io_context.hpp>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace thence::probe {

namespace {

namespace ip = boost::asio::ip;

}  // namespace

void watch_path(ip::udp::socket& socket) {
  const int handle = socket.native_handle();
  const int on = 1;
  // Unconnected sockets get ICMP errors only on request (ip(7)).
  if (socket.local_endpoint().protocol() == ip::udp::v4()) {
    const int fragment = IP_PMTUDISC_DONT;
    ::setsockopt(handle, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
    ::setsockopt(handle, IPPROTO_IP, IP_MTU_DISCOVER, &fragment, sizeof fragment);
  } else {
    const int fragment = IPV6_PMTUDISC_DONT;
    ::setsockopt(handle, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
    ::setsockopt(handle, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &fragment, sizeof fragment);
  }
}

std::optional<PathError> take_path_error(ip::udp::socket& socket) {
  for (;;) {
    PathError found;
    std::array<char, 512> control{};
    std::array<char, 1> start{};
    iovec payload{start.data(), start.size()};
    msghdr message{};
    message.msg_name = found.destination.data();
    message.msg_namelen = static_cast<socklen_t>(found.destination.capacity());
    message.msg_iov = &payload;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (::recvmsg(socket.native_handle(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return std::nullopt;
    for (auto* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
      const bool ours = (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_RECVERR) ||
                        (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_RECVERR);
      if (!ours) continue;
      const auto& error = *reinterpret_cast<const sock_extended_err*>(CMSG_DATA(each));
      found.error = {static_cast<int>(error.ee_errno), boost::system::system_category()};
      return found;
    }
  }
}

std::size_t link_mtu(const ip::address& from, const Endpoint& server) {
  boost::asio::io_context context;
  ip::udp::socket socket(context);
  boost::system::error_code error;
  socket.open(server.protocol(), error);
  if (!error) socket.bind(Endpoint(from, 0), error);
  if (!error) socket.connect(server, error);
  if (error) return 0;
  int mtu = 0;
  socklen_t size = sizeof mtu;
  const bool v4 = server.address().is_v4();
  const int said =
      ::getsockopt(socket.native_handle(), v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_MTU : IPV6_MTU, &mtu, &size);
  return said == 0 && mtu > 0 ? static_cast<std::size_t>(mtu) : 0;
}

}  // namespace thence::probe
