#include "responder/socket/udp_socket.hpp"

#include "protocols/endpoint_text.hpp"
#include "responder/host/address.hpp"
#include "responder/host/error_name.hpp"
#include "responder/host/socket_options.hpp"
#include "responder/socket/group_source.hpp"

#include <cerrno>

namespace thence {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;

// Bursts of small datagrams wait here while a batch is answered.
constexpr int buffer_size = 1024 * 1024;

constexpr std::uint16_t discard_port = 9;  // RFC 863

Endpoint mapped(const Endpoint& peer) {
  return {ip::make_address_v6(ip::v4_mapped, peer.address().to_v4()), peer.port()};
}

}  // namespace

ip::udp::socket open_udp(const asio::any_io_executor& executor, const Binding& binding, Share share) {
  ip::udp::socket socket(executor);
  bind(socket, binding, share, [&] {
    if (const auto error = pktinfo::enable(socket.native_handle(), true)) throw boost::system::system_error(error);
    // Where it cannot be had, unicast is served all the same.
    if (binding.family == Family::dual_stack) socket_options::receive_ipv4_groups(socket.native_handle());
    boost::system::error_code granted_in_part;
    socket.set_option(asio::socket_base::receive_buffer_size(buffer_size), granted_in_part);
    socket.set_option(asio::socket_base::send_buffer_size(buffer_size), granted_in_part);
  });
  return socket;
}

UdpSocket::UdpSocket(BoundUdp bound, const InterfaceTable& interfaces, UdpCounters& counters, TrafficTable& traffic)
    : socket_(std::move(bound.socket)),
      binding_(bound.binding),
      takes_groups_(bound.takes_groups),
      inherited_(bound.inherited),
      interfaces_(&interfaces),
      counters_(&counters),
      traffic_(&traffic) {}

void UdpSocket::retire() {
  if (inherited_) return;
  // The kernel gives a connected socket nothing but what its peer sends, and nobody sends from the discard port. A
  // link-local socket can reach its own link only.
  const auto nowhere = is_link_local(binding_.address)   ? binding_.address
                       : binding_.family == Family::ipv4 ? ip::address(ip::address_v4::loopback())
                                                         : ip::address(ip::address_v6::loopback());
  const Endpoint nobody(nowhere, discard_port);
  boost::system::error_code of_no_matter;
  socket_.connect(nobody, of_no_matter);
}

void UdpSocket::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::span<Exchange> UdpSocket::receive(UdpBatch& batch) {
  for (std::size_t i = 0; i < batch.stale_; ++i) {
    batch.in_[i].msg_hdr.msg_namelen = sizeof(sockaddr_in6);
    batch.in_[i].msg_hdr.msg_controllen = pktinfo::control_size;
  }
  const int received = ::recvmmsg(socket_.native_handle(), batch.in_.data(), UdpBatch::capacity, MSG_DONTWAIT, nullptr);
  batch.stale_ = received > 0 ? static_cast<std::size_t>(received) : 0;
  counters_->received.value += batch.stale_;

  const std::span<Exchange> exchanges{batch.exchanges_.data(), batch.stale_};
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    auto& exchange = exchanges[i];
    const auto& header = batch.in_[i].msg_hdr;
    exchange.request.payload = {static_cast<const std::byte*>(batch.in_parts_[i].payload.iov_base),
                                batch.in_[i].msg_len};
    exchange.drop =
        locate(exchange.request.route, {batch.in_parts_[i].control.data(), header.msg_controllen}, header.msg_flags);
    exchange.reply.size = 0;
    exchange.reply.route = exchange.request.route;
  }
  return exchanges;
}

Drop UdpSocket::locate(Route& route, std::span<const std::byte> control, int flags) const noexcept {
  if (binding_.family == Family::dual_stack) route.peer = {unmapped(route.peer.address()), route.peer.port()};
  const auto arrival = pktinfo::read(control);
  if (!arrival || arrival->interface == 0) return Drop::no_packet_information;
  route.local = {arrival->local, binding_.port};
  route.interface = arrival->interface;
  if ((flags & MSG_TRUNC) != 0) return Drop::truncated;
  if (!arrival->group()) return serving_->filter.covers(arrival->local, route.interface) ? Drop::none : Drop::excluded;
  if (!takes_groups_) return Drop::copy;
  // The log names what was asked; only a reply needs a unicast address.
  route.local = {arrival->destination, binding_.port};
  if (!serving_->broadcast) return Drop::broadcast;
  const auto source = group_source(*interfaces_, route.interface, arrival->local, route.peer.address());
  if (!source) return Drop::no_source;
  route.local = {*source, binding_.port};
  return serving_->filter.covers(*source, route.interface) ? Drop::none : Drop::excluded;
}

std::uint32_t UdpSocket::egress(const Route& route) const noexcept {
  if (is_link_local(route.local.address())) return route.interface;
  if (serving_->egress == config::Egress::route) return 0;
  // A reply to the host itself stays on lo, whatever interface the address asked stands on.
  return interfaces_->is_local(without_scope(route.peer.address())) ? 0 : route.interface;
}

void UdpSocket::prepare(const Route& route, std::span<const std::byte> message, mmsghdr& header,
                        UdpBatch::Parts& parts) const noexcept {
  const Endpoint* peer = &route.peer;
  if (binding_.family == Family::dual_stack && peer->data()->sa_family == AF_INET) {
    parts.mapped = mapped(*peer);
    peer = &parts.mapped;
  }
  parts.route = &route;
  parts.payload = {const_cast<std::byte*>(message.data()), message.size()};
  header.msg_hdr.msg_name = const_cast<sockaddr*>(peer->data());
  header.msg_hdr.msg_namelen = static_cast<socklen_t>(peer->size());
  header.msg_hdr.msg_iov = &parts.payload;
  header.msg_hdr.msg_iovlen = 1;
  header.msg_hdr.msg_control = parts.control.data();
  header.msg_hdr.msg_controllen = pktinfo::write(parts.control, route.local.address(), egress(route));
}

void UdpSocket::send(UdpBatch& batch, std::span<const Exchange> exchanges) {
  std::size_t count = 0;
  for (const auto& exchange : exchanges) {
    const auto& reply = exchange.reply;
    if (reply.size == 0) continue;
    prepare(reply.route, reply.buffer.first(reply.size), batch.out_[count], batch.out_parts_[count]);
    ++count;
  }
  transmit({batch.out_.data(), count}, {batch.out_parts_.data(), count});
}

void UdpSocket::send(const Route& route, std::span<const std::byte> message) {
  mmsghdr header{};
  UdpBatch::Parts parts;
  prepare(route, message, header, parts);
  transmit({&header, 1}, {&parts, 1});
}

void UdpSocket::transmit(std::span<mmsghdr> headers, std::span<const UdpBatch::Parts> parts) {
  for (std::size_t done = 0; done < headers.size();) {
    const auto left = headers.subspan(done);
    const int sent = ::sendmmsg(socket_.native_handle(), left.data(), static_cast<unsigned>(left.size()), MSG_DONTWAIT);
    if (sent > 0) {
      counters_->answered.value += static_cast<std::size_t>(sent);
      done += static_cast<std::size_t>(sent);
    } else if (errno != EINTR) {
      not_sent(*parts[done].route, errno);
      ++done;
    }
  }
}

void UdpSocket::not_sent(const Route& route, int error) {
  ++counters_->send_error(error).value;
  ++traffic_->unsent(route);
  const auto held_back = limit_.pass();
  if (held_back < 0) return;
  log::write(log::LogLevel::warning, "reply not sent",
             {{"peer", text(route.peer)},
              {"local", text(route.local)},
              {"interface", std::string(interfaces_->name(route.interface))},
              {"error", errno_name(error)},
              {"held-back", log::count(held_back)}});
}

}  // namespace thence
