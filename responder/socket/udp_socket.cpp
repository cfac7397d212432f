#include "responder/socket/udp_socket.hpp"

#include "protocols/endpoint_text.hpp"
#include "responder/dispatch/proxy_header.hpp"
#include "responder/host/address.hpp"
#include "responder/host/error_name.hpp"
#include "responder/host/pktinfo.hpp"
#include "responder/host/socket_options.hpp"
#include "responder/socket/group_source.hpp"

#include <algorithm>
#include <exception>

namespace thence {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;

// Holds bursts of small datagrams while a batch is answered.
constexpr int buffer_size = 1024 * 1024;

constexpr std::uint16_t discard_port = 9;  // RFC 863

// Octets of an IP header without options, and of UDP's.
constexpr std::size_t ipv4_and_udp = 20 + 8;
constexpr std::size_t ipv6_and_udp = 40 + 8;

constexpr std::uint32_t smallest_ipv6_mtu = 1280;  // RFC 8200 §5

/// A link-local address that nobody has.
ip::address some_neighbour(std::uint32_t interface) {
  auto octets = ip::make_address_v6("fe80::").to_bytes();
  octets.back() = 0xff;
  octets[8] = 0xff;
  return ip::address_v6(octets, interface);
}

/// Whether a datagram came from nowhere. Linux would deliver a reply to the unspecified address to the host itself.
bool from_nowhere(const Endpoint& peer) noexcept { return peer.address().is_unspecified() || peer.port() == 0; }

}  // namespace

ip::udp::socket open_udp(const asio::any_io_executor& executor, const Binding& binding, Share share) {
  ip::udp::socket socket(executor);
  bind(socket, binding, share, [&] {
    if (const auto error = pktinfo::enable(socket.native_handle(), true)) throw boost::system::system_error(error);
    // On a system without it, answers may be fragmented more than they need to be.
    socket_options::ignore_path_mtu(socket.native_handle());
    // If this fails, unicast is served nevertheless.
    if (binding.family == Family::dual_stack) socket_options::receive_ipv4_groups(socket.native_handle());
    boost::system::error_code granted_in_part;
    socket.set_option(asio::socket_base::receive_buffer_size(buffer_size), granted_in_part);
    socket.set_option(asio::socket_base::send_buffer_size(buffer_size), granted_in_part);
  });
  return socket;
}

UdpSocket::UdpSocket(BoundUdp bound, DatagramIo& io, const InterfaceTable& interfaces, UdpCounters& counters,
                     Dispatch& dispatch, TrafficTable& traffic)
    : socket_(std::move(bound.socket)),
      binding_(bound.binding),
      takes_groups_(bound.takes_groups),
      inherited_(bound.inherited),
      interfaces_(&interfaces),
      counters_(&counters),
      io_(&io),
      dispatch_(&dispatch),
      traffic_(&traffic) {}

void UdpSocket::retire() {
  if (inherited_) return;
  // A connected socket receives only from its peer, and nobody sends from the discard port. A link-local socket can
  // only reach its own link.
  const bool ipv4 = binding_.family == Family::ipv4;
  const auto nowhere = is_link_local(binding_.address) ? binding_.address
                       : ipv4                          ? ip::address(ip::address_v4::loopback())
                       : binding_.device_index != 0    ? some_neighbour(binding_.device_index)
                                                       : ip::address(ip::address_v6::loopback());
  const Endpoint nobody(nowhere, discard_port);
  boost::system::error_code of_no_matter;
  socket_.connect(nobody, of_no_matter);
}

void UdpSocket::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

std::span<Exchange> UdpSocket::receive() {
  const auto exchanges = io_->receive(socket_, binding_);
  counters_->received.value += exchanges.size();
  for (auto& exchange : exchanges) {
    if (exchange.drop == Drop::none) exchange.drop = admit(exchange);
    if (exchange.drop == Drop::none && !serving_->proxies.empty()) exchange.drop = unwrap(exchange.request);
    exchange.reply.unfragmented = unfragmented(exchange.reply.route);
  }
  return exchanges;
}

Drop UdpSocket::admit(Exchange& exchange) const noexcept {
  auto& asked = exchange.request.route;
  const auto covers = [&](const ip::address& local) {
    return serving_->filter.covers(local, asked.interface) ? Drop::none : Drop::excluded;
  };
  if (exchange.group && !takes_groups_) return Drop::copy;
  if (from_nowhere(asked.peer)) return Drop::unspecified_source;
  if (!exchange.group) return covers(asked.local.address());
  // Dropped requests are logged with their original destination; only a reply needs a unicast address.
  if (!serving_->broadcast) return Drop::broadcast;
  auto& source = exchange.reply.route.local;
  const auto unicast = group_source(*interfaces_, asked.interface, source.address(), asked.peer.address());
  if (!unicast) return Drop::no_source;
  source.address(*unicast);
  asked.local = source;
  return covers(*unicast);
}

/// Takes a proxy's header off, and the addresses from it; the reply keeps the route by which the datagram arrived.
Drop UdpSocket::unwrap(Request& request) const noexcept {
  auto& route = request.route;
  if (!serving_->proxies.covers(without_scope(route.peer.address()))) {
    return proxy_header_size(request.payload).value_or(0) > 0 ? Drop::proxy_not_trusted : Drop::none;
  }
  const auto header = read_proxy_header(request.payload);
  if (!header) return Drop::proxy_header;
  request.payload = request.payload.subspan(header->size);
  if (header->addresses) route = header->addresses->of(route);
  return Drop::none;
}

std::uint32_t UdpSocket::egress(const Route& route) const noexcept {
  if (is_link_local(route.local.address())) return route.interface;
  if (serving_->egress == config::Egress::route) return 0;
  // A reply to the host itself stays on lo, whichever interface has the queried address.
  return interfaces_->is_local(without_scope(route.peer.address())) ? 0 : route.interface;
}

std::size_t UdpSocket::unfragmented(const Route& route) const noexcept {
  const auto& peer = route.peer.address();
  if (peer.is_loopback()) return largest_message;
  const auto pinned = egress(route);
  const auto* const leaves_by = pinned == 0 ? nullptr : interfaces_->find(pinned);
  // Where routing decides, it may be any of them.
  const auto mtu = leaves_by != nullptr && leaves_by->mtu > 0 ? leaves_by->mtu : interfaces_->smallest_mtu();
  return peer.is_v4() ? mtu - std::min<std::size_t>(mtu, ipv4_and_udp)
                      : std::max(mtu, smallest_ipv6_mtu) - ipv6_and_udp;
}

void UdpSocket::send(std::span<Exchange> exchanges) {
  std::size_t replies = 0;
  for (auto& exchange : exchanges) {
    if (exchange.reply.size == 0) continue;
    exchange.egress = egress(exchange.reply.route);
    ++replies;
  }
  if (replies == 0) return;
  const auto sent = io_->send(socket_, binding_, exchanges);
  counters_->answered.value += sent;
  if (sent == replies) return;
  for (const auto& exchange : exchanges) {
    if (exchange.reply.size > 0 && exchange.error != 0) not_sent(exchange.reply.route, exchange.error);
  }
}

void UdpSocket::send(const Route& route, std::span<const std::byte> message) {
  Exchange alone;
  // Reply::buffer is writable, but sending only reads it.
  alone.reply = {{const_cast<std::byte*>(message.data()), message.size()}, message.size(), route};
  send({&alone, 1});
}

void UdpSocket::send_deferred(const Route& route, std::size_t protocol, std::span<const std::byte> message) {
  dispatch_->answered(protocol, route);
  // A retired socket is closed after retirement_at_most, even if it still owes replies.
  if (!is_open()) return dispatch_->refused(route, name(Drop::not_served), counters_->dropped(Drop::not_served));
  send(route, message);
}

void UdpSocket::give_up(const Route& route) noexcept {
  try {
    dispatch_->refused(route, name(Drop::given_up), counters_->dropped(Drop::given_up));
  } catch (const std::exception&) {
    // Already counted; only the log line is lost.
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
