#include "responder/host/address.hpp"
#include "responder/host/pktinfo.hpp"
#include "responder/socket/datagram_io.hpp"

#include <cerrno>

#include <sys/socket.h>
#include <sys/uio.h>

namespace thence {

namespace {

namespace ip = boost::asio::ip;

// Buffers spaced by a power of two would all compete for the same few L1 cache sets.
constexpr std::size_t stride = DatagramIo::payload + 64;

Endpoint mapped(const Endpoint& peer) {
  return {ip::make_address_v6(ip::v4_mapped, peer.address().to_v4()), peer.port()};
}

/// What one message header points to.
struct Parts {
  iovec payload{};
  alignas(std::max_align_t) std::array<std::byte, pktinfo::control_size> control{};
  Endpoint mapped;               // an IPv4 peer, v4-mapped for a dual-stack socket
  Exchange* exchange = nullptr;  // when sending: whose reply this is
};

void prepare(Exchange& exchange, Family family, msghdr& header, Parts& parts) noexcept {
  const auto& reply = exchange.reply;
  const Endpoint* peer = &reply.route.peer;
  if (family == Family::dual_stack && peer->data()->sa_family == AF_INET) {
    parts.mapped = mapped(*peer);
    peer = &parts.mapped;
  }
  exchange.error = 0;
  parts.exchange = &exchange;
  parts.payload = {reply.buffer.data(), reply.size};
  header.msg_name = const_cast<sockaddr*>(peer->data());
  header.msg_namelen = static_cast<socklen_t>(peer->size());
  header.msg_iov = &parts.payload;
  header.msg_iovlen = 1;
  header.msg_control = parts.control.data();
  header.msg_controllen = pktinfo::write(parts.control, reply.route.local.address(), exchange.egress);
}

/// Sets where a datagram arrived.
/// @param exchange its request has the peer address as the kernel wrote it
void locate(Exchange& exchange, const Binding& binding, const msghdr& header, const Parts& parts) noexcept {
  auto& route = exchange.request.route;
  if (binding.family == Family::dual_stack) route.peer = {unmapped(route.peer.address()), route.peer.port()};
  const auto arrival = pktinfo::read(std::span(parts.control).first(header.msg_controllen));
  exchange.reply.size = 0;
  if (!arrival || arrival->interface == 0) {
    // Clear what the previous datagram left in this slot.
    route.local = Endpoint(route.peer.protocol(), binding.port);
    route.interface = 0;
    exchange.group = false;
    exchange.reply.route = route;
    exchange.drop = Drop::no_packet_information;
    return;
  }
  route.local = Endpoint(arrival->destination, binding.port);
  route.interface = arrival->interface;
  exchange.reply.route = route;
  exchange.group = arrival->group();
  if (exchange.group) exchange.reply.route.local = Endpoint(arrival->local, binding.port);
  exchange.drop = (header.msg_flags & MSG_TRUNC) != 0 ? Drop::truncated : Drop::none;
}

}  // namespace

struct DatagramIo::Headers {
  std::array<mmsghdr, capacity> in{};
  std::array<Parts, capacity> in_parts;
  std::array<mmsghdr, capacity> out{};
  std::array<Parts, capacity> out_parts;
  std::size_t stale = capacity;  // how many headers, from the front of `in`, the kernel has overwritten
};

DatagramIo::DatagramIo() : buffers_(2 * capacity * stride), headers_(std::make_unique<Headers>()) {
  for (std::size_t i = 0; i < capacity; ++i) {
    auto* const request = buffers_.data() + 2 * i * stride;
    exchanges_[i].reply.buffer = {request + stride, payload};
    auto& parts = headers_->in_parts[i];
    parts.payload = {request, payload};
    auto& header = headers_->in[i].msg_hdr;
    header.msg_name = exchanges_[i].request.route.peer.data();
    header.msg_iov = &parts.payload;
    header.msg_iovlen = 1;
    header.msg_control = parts.control.data();
  }
}

DatagramIo::~DatagramIo() = default;

std::span<Exchange> DatagramIo::receive(ip::udp::socket& socket, const Binding& binding) {
  auto& [in, parts, out, out_parts, stale] = *headers_;
  for (std::size_t i = 0; i < stale; ++i) {
    in[i].msg_hdr.msg_namelen = sizeof(sockaddr_in6);
    in[i].msg_hdr.msg_controllen = pktinfo::control_size;
  }
  const int received = ::recvmmsg(socket.native_handle(), in.data(), capacity, MSG_DONTWAIT, nullptr);
  stale = received > 0 ? static_cast<std::size_t>(received) : 0;
  for (std::size_t i = 0; i < stale; ++i) {
    exchanges_[i].request.payload = {static_cast<const std::byte*>(parts[i].payload.iov_base), in[i].msg_len};
    locate(exchanges_[i], binding, in[i].msg_hdr, parts[i]);
  }
  return {exchanges_.data(), stale};
}

std::size_t DatagramIo::send(ip::udp::socket& socket, const Binding& binding, std::span<Exchange> exchanges) {
  auto& out = headers_->out;
  auto& parts = headers_->out_parts;
  std::size_t count = 0;
  for (auto& exchange : exchanges) {
    if (exchange.reply.size == 0) continue;
    prepare(exchange, binding.family, out[count].msg_hdr, parts[count]);
    ++count;
  }
  std::size_t sent = 0;
  for (std::size_t done = 0; done < count;) {
    const auto left = static_cast<unsigned>(count - done);
    const int taken = ::sendmmsg(socket.native_handle(), &out[done], left, MSG_DONTWAIT);
    if (taken > 0) {
      done += static_cast<std::size_t>(taken);
      sent += static_cast<std::size_t>(taken);
    } else if (errno != EINTR) {
      parts[done].exchange->error = errno;
      ++done;
    }
  }
  return sent;
}

}  // namespace thence
