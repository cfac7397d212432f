#include "responder/tcp_server.hpp"

#include "responder/pktinfo.hpp"

#include <algorithm>

namespace thence {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;
using namespace std::chrono_literals;

constexpr std::size_t largest_message = 65535;

/// IPv4 as IPv4, also on a dual-stack socket; the interface of a link-local address stands in the route.
ip::address plain(const ip::address& address) {
  if (address.is_v4()) return address;
  const auto ipv6 = address.to_v6();
  if (ipv6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, ipv6);
  return ip::address_v6(ipv6.to_bytes());
}

}  // namespace

TcpServer::TcpServer(const asio::any_io_executor& executor, const config::TcpLimits& limits, Dispatch& dispatch,
                     Counters& counters)
    : executor_(executor),
      limits_(limits),
      idle_timer_(executor),
      scratch_(largest_message),
      accepted_(&counters["tcp.accepted"]),
      accept_error_(&counters["tcp.accept-error"]),
      refused_limit_(&counters["tcp.refused.limit"]),
      refused_client_limit_(&counters["tcp.refused.client-limit"]),
      closed_idle_(&counters["tcp.closed.idle"]),
      gone_(&counters["tcp.dropped.connection-gone"]),
      environment_{dispatch,
                   scratch_,
                   limits.unsent,
                   counters["tcp.received"],
                   counters["tcp.answered"],
                   counters["tcp.deferred"],
                   counters["tcp.closed.not-a-message"],
                   [this](const TcpConnection& connection) { forget(connection); }} {}

void TcpServer::listen(const Binding& binding, const Port& port) {
  ip::tcp::acceptor acceptor(executor_);
  // Connections of an earlier run that still wait in the kernel must not keep the port.
  bind(acceptor, binding, [&] { acceptor.set_option(asio::socket_base::reuse_address(true)); });
  acceptor.listen();
  listeners_.push_back({std::move(acceptor), &port, asio::steady_timer(executor_)});
}

void TcpServer::start() {
  for (auto& listener : listeners_) accept(listener);
  watch();
}

void TcpServer::accept(Listener& listener) {
  listener.acceptor.async_accept([this, &listener](boost::system::error_code error, ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      admit(listener, std::move(socket));
      return accept(listener);
    }
    ++accept_error_->value;
    // Most likely there are no descriptors left: trying again at once would be a busy loop.
    listener.retry.expires_after(100ms);
    listener.retry.async_wait([this, &listener](boost::system::error_code) { accept(listener); });
  });
}

void TcpServer::admit(Listener& listener, ip::tcp::socket socket) {
  boost::system::error_code error;
  const auto peer = socket.remote_endpoint(error);
  const auto local = error ? peer : socket.local_endpoint(error);
  if (error) return;
  if (connections_.size() >= limits_.connections) {
    ++refused_limit_->value;
    return;
  }
  Route route;
  route.peer = {
      peer.address().is_v4() || peer.address().to_v6().is_v4_mapped() ? plain(peer.address()) : peer.address(),
      peer.port()};
  route.local = {plain(local.address()), local.port()};
  route.interface = pktinfo::arrival_interface(socket.native_handle());
  route.transport = Transport::tcp;
  // The client may have come back from the same port before its reset was read here.
  if (const auto former = connections_.find(key(route)); former != connections_.end()) {
    const auto connection = former->second;
    connection->close();
  }
  auto& from_client = per_client_[route.peer.address()];
  if (from_client >= limits_.connections_per_client) {
    ++refused_client_limit_->value;
    return;
  }
  ++from_client;
  ++accepted_->value;
  socket.set_option(ip::tcp::no_delay(true), error);
  const auto connection = std::make_shared<TcpConnection>(std::move(socket), route, *listener.port, environment_);
  connections_.emplace(key(route), connection);
  connection->start();
}

void TcpServer::forget(const TcpConnection& connection) {
  const auto client = per_client_.find(connection.route().peer.address());
  if (client != per_client_.end() && --client->second == 0) per_client_.erase(client);
  connections_.erase(key(connection.route()));
}

void TcpServer::watch() {
  idle_timer_.expires_after(std::clamp<std::chrono::milliseconds>(limits_.idle / 4, 25ms, 1s));
  idle_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    sweep();
    watch();
  });
}

void TcpServer::sweep() {
  const auto deadline = TcpConnection::Clock::now() - limits_.idle;
  std::vector<std::shared_ptr<TcpConnection>> idle;
  for (const auto& [key, connection] : connections_) {
    if (connection->last_request() <= deadline) idle.push_back(connection);
  }
  for (const auto& connection : idle) {
    ++closed_idle_->value;
    connection->close();
  }
}

bool TcpServer::send(const Route& route, std::span<const std::byte> message) {
  const auto found = connections_.find(key(route));
  if (found == connections_.end()) {
    ++gone_->value;
    return false;
  }
  const auto connection = found->second;
  connection->send(message);
  return true;
}

}  // namespace thence
