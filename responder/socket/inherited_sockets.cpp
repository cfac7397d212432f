#include "responder/socket/inherited_sockets.hpp"

#include "responder/host/pktinfo.hpp"
#include "responder/host/socket_options.hpp"

#include <algorithm>

namespace thence {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;

template <typename Socket>
Socket share(const asio::any_io_executor& executor, const Binding& binding, InheritedSockets::Descriptor descriptor) {
  const typename Socket::endpoint_type local(binding.address, binding.port);
  Socket socket(executor, local.protocol(), InheritedSockets::duplicate(descriptor));
  socket.native_non_blocking(true);
  return socket;
}

}  // namespace

std::optional<InheritedSockets::Descriptor> InheritedSockets::find(const Binding& binding) const {
  const auto found = std::ranges::find_if(all_, [&](const Socket& each) { return serves(each.binding, binding); });
  return found == all_.end() ? std::nullopt : std::optional(found->descriptor);
}

bool InheritedSockets::serves(const Binding& inherited, Binding wanted) {
  if (wanted.device.empty()) {
    wanted.device = inherited.device;
    wanted.device_index = inherited.device_index;
  }
  return inherited == wanted;
}

std::vector<Binding> InheritedSockets::bindings() const {
  std::vector<Binding> bindings;
  bindings.reserve(all_.size());
  for (const auto& each : all_) bindings.push_back(each.binding);
  return bindings;
}

ip::udp::socket share_udp(const asio::any_io_executor& executor, const Binding& binding,
                          InheritedSockets::Descriptor descriptor) {
  auto socket = share<ip::udp::socket>(executor, binding, descriptor);
  if (const auto error = pktinfo::enable(socket.native_handle(), true)) throw boost::system::system_error(error);
  socket_options::ignore_path_mtu(socket.native_handle());
  return socket;
}

ip::tcp::acceptor share_tcp(const asio::any_io_executor& executor, const Binding& binding,
                            InheritedSockets::Descriptor descriptor) {
  auto acceptor = share<ip::tcp::acceptor>(executor, binding, descriptor);
  acceptor.non_blocking(true);
  return acceptor;
}

}  // namespace thence
