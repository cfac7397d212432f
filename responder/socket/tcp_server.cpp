#include "responder/socket/tcp_server.hpp"

#include "responder/host/address.hpp"
#include "responder/host/descriptors.hpp"
#include "responder/host/error_name.hpp"
#include "responder/host/pktinfo.hpp"
#include "responder/host/socket_options.hpp"
#include "responder/socket/udp_counters.hpp"
#include "responder/socket/udp_socket.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace thence {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;
using namespace std::chrono_literals;

/// How many connections are compared, of those longest without progress, when one has to give way: a bound on the work
/// that each new one can cause.
constexpr std::size_t candidates = 32;

/// Connections from one site, as a multiple of those from one client.
constexpr std::size_t clients_per_site = 4;

TcpConnection::Front front_of(const Serving& serving, const Route& route) {
  if (serving.proxies.empty()) return TcpConnection::Front::open;
  return serving.proxies.covers(without_scope(route.peer.address())) ? TcpConnection::Front::header_required
                                                                     : TcpConnection::Front::header_forbidden;
}

/// Moves a socket out of the reserve of descriptors, if another one has been closed.
/// @return whether it is outside the reserve
bool leave_reserve(ip::tcp::socket& socket) {
  boost::system::error_code error;
  const auto protocol = socket.local_endpoint(error).protocol();
  const auto held = error ? -1 : socket.release(error);
  if (error) return false;
  const auto now = descriptors::lowest(held);
  socket.assign(protocol, now, error);
  if (error) descriptors::close(now);
  return !error && !descriptors::is_reserved(now);
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
      refused_excluded_(&counters["tcp.refused.excluded"]),
      refused_limit_(&counters["tcp.refused.limit"]),
      refused_client_limit_(&counters["tcp.refused.client-limit"]),
      refused_descriptors_(&counters["tcp.refused.descriptors"]),
      closed_idle_(&counters["tcp.closed.idle"]),
      closed_gave_way_(&counters["tcp.closed.gave-way"]),
      context_{dispatch,
               scratch_,
               limits.unsent,
               counters["tcp.received"],
               counters["tcp.answered"],
               counters["tcp.deferred"],
               counters["tcp.closed.not-a-message"],
               counters["tcp.closed.failed"],
               counters["tcp.dropped.connection-gone"],
               counters["tcp.dropped.given-up"],
               counters["tcp.closed.proxy-header"],
               counters["tcp.closed.proxy-not-trusted"],
               [this](const Route& before, const Route& now) { return introduce(before, now); },
               [this](const TcpConnection& connection) { forget(connection); }} {
  watch();
}

TcpServer::~TcpServer() {
  // Deferred replies may keep connections alive beyond the server.
  for (const auto& [key, connection] : connections_) connection->abandon();
}

ip::tcp::acceptor open_tcp(const asio::any_io_executor& executor, const Binding& binding, Share share) {
  ip::tcp::acceptor acceptor(executor);
  // Connections of a previous run in TIME_WAIT must not block the port.
  bind(acceptor, binding, share, [&] { acceptor.set_option(asio::socket_base::reuse_address(true)); });
  acceptor.listen();
  acceptor.non_blocking(true);
  return acceptor;
}

void TcpServer::listen(BoundTcp bound, std::shared_ptr<const Serving> serving) {
  if (draining_) return;
  // As with UDP: a socket that was given back unused serves like another on its port.
  for (auto other = listeners_.begin(); serving == nullptr && other != listeners_.end(); ++other) {
    if ((*other)->bound.binding.port == bound.binding.port) serving = (*other)->serving;
  }
  if (serving == nullptr) return;
  const auto& listener = listeners_.emplace_back(
      std::make_shared<Listener>(Listener{std::move(bound), std::move(serving), asio::steady_timer(executor_)}));
  accept(listener);
}

void TcpServer::update(const std::function<std::shared_ptr<const Serving>(const Binding&)>& serving_of) {
  const auto first_unwanted = std::stable_partition(listeners_.begin(), listeners_.end(), [&](const auto& listener) {
    auto serving = serving_of(listener->bound.binding);
    if (serving == nullptr) return false;
    listener->serving = std::move(serving);
    return true;
  });
  const std::vector<std::shared_ptr<Listener>> unwanted(first_unwanted, listeners_.end());
  listeners_.erase(first_unwanted, listeners_.end());
  for (const auto& listener : unwanted) {
    // Until it is closed, it may receive connections meant for another socket on its port.
    const auto next = std::ranges::find(listeners_, listener->bound.binding.port,
                                        [](const auto& each) { return each->bound.binding.port; });
    if (next != listeners_.end()) listener->serving = (*next)->serving;
    retire(listener);
  }
}

void TcpServer::accept(const std::shared_ptr<Listener>& listener) {
  listener->bound.acceptor.async_accept([this, listener](boost::system::error_code error, ip::tcp::socket socket) {
    if (!error) admit(*listener, std::move(socket));
    if (!listener->bound.acceptor.is_open()) return;
    if (!error) return accept(listener);
    not_accepted(error);
    // Probably out of descriptors: retrying at once would be a busy loop.
    listener->retry.expires_after(100ms);
    listener->retry.async_wait([this, listener](boost::system::error_code cancelled) {
      if (!cancelled && listener->bound.acceptor.is_open()) accept(listener);
    });
  });
}

void TcpServer::retire(const std::shared_ptr<Listener>& listener) {
  if (draining_) return accept_what_waits(*listener);
  const auto& binding = listener->bound.binding;
  const bool replaced = std::ranges::any_of(listeners_, [&](const auto& each) {
    const auto& other = each->bound.binding;
    return other.family == binding.family && other.address == binding.address && other.port == binding.port;
  });
  // If this fails, it keeps accepting handshakes, and only one in progress when it closes is reset.
  if (!listener->bound.inherited && !replaced) socket_options::end_handshakes(listener->bound.acceptor.native_handle());
  // Handshakes in progress complete on this socket.
  const auto timer = std::make_shared<asio::steady_timer>(executor_, retirement);
  timer->async_wait([this, timer, listener](boost::system::error_code) { accept_what_waits(*listener); });
}

void TcpServer::accept_what_waits(Listener& listener) {
  boost::system::error_code error;
  while (!error) {
    ip::tcp::socket socket(executor_);
    listener.bound.acceptor.accept(socket, error);
    if (!error) admit(listener, std::move(socket));
  }
  listener.bound.acceptor.close(error);
  listener.retry.cancel();
}

void TcpServer::admit(const Listener& listener, ip::tcp::socket socket) {
  boost::system::error_code error;
  const auto peer = socket.remote_endpoint(error);
  const auto local = error ? peer : socket.local_endpoint(error);
  if (error) return not_accepted(error);
  Route route;
  route.peer = {unmapped(peer.address()), peer.port()};
  route.local = {without_scope(unmapped(local.address())), local.port()};
  route.interface = pktinfo::arrival_interface(socket.native_handle());
  route.transport = Transport::tcp;
  if (!listener.serving->filter.covers(route.local.address(), route.interface)) {
    // Closes with a reset, as if nobody listened on the port. Asio's destructor would take the option back.
    socket.set_option(asio::socket_base::linger(true, 0), error);
    socket.close(error);
    return refuse(route, *refused_excluded_, "excluded");
  }
  // The client may have reconnected from the same port before the old connection's reset was read here.
  if (const auto former = connections_.find(key(route)); former != connections_.end()) {
    const auto connection = former->second;
    connection->close();
  }
  const auto front = front_of(*listener.serving, route);
  // A proxy has as many as its clients may have, each of which is counted once it is known.
  if (front != TcpConnection::Front::header_required && has_enough(route.peer.address())) {
    return refuse(route, *refused_client_limit_, "connections from this client");
  }
  if (connections_.size() >= limits_.connections && !make_room(route)) {
    return refuse(route, *refused_limit_, "connections");
  }
  if (descriptors::is_reserved(socket.native_handle()) && !(make_room(route) && leave_reserve(socket))) {
    return refuse(route, *refused_descriptors_, "descriptors");
  }
  try {
    connect(listener, std::move(socket), route, front);
  } catch (const std::exception&) {  // out of memory: only this connection is closed
    ++context_.failed.value;
  }
}

/// Counts a connection for the client that a proxy names, instead of for the proxy.
bool TcpServer::introduce(const Route& before, const Route& now) {
  if (has_enough(now.peer.address())) {
    refuse(now, *refused_client_limit_, "connections from this client");
    return false;
  }
  counts_.add(now.peer.address());
  counts_.remove(before.peer.address());
  return true;
}

bool TcpServer::has_enough(const ip::address& client) const noexcept {
  return counts_.of_client(client) >= limits_.connections_per_client ||
         counts_.of_site(client) / clients_per_site >= limits_.connections_per_client;
}

/// Closes the least useful connection in favour of a new one.
/// @return whether there was one
bool TcpServer::make_room(const Route& route) {
  using Burden = std::pair<bool, std::size_t>;  // whether it is idle, how many its site has
  const auto newcomer = route.peer.address();
  const auto wanted = counts_.of_site(newcomer) + 1;
  TcpConnection* least_useful = nullptr;
  Burden greatest;
  std::size_t compared = 0;
  for (auto* const each : context_.by_progress) {
    if (++compared > candidates) break;
    const auto& peer = each->asked().peer.address();
    const Burden burden{each->idle(), counts_.of_site(peer)};
    const bool gives_way = burden.first ? burden.second >= wanted || same_site(peer, newcomer) : burden.second > wanted;
    if (!gives_way || (least_useful != nullptr && burden <= greatest)) continue;
    least_useful = each;
    greatest = burden;
  }
  if (least_useful == nullptr) return false;
  ++closed_gave_way_->value;
  const auto kept = least_useful->shared_from_this();
  least_useful->close();
  return true;
}

void TcpServer::connect(const Listener& listener, ip::tcp::socket socket, const Route& route,
                        TcpConnection::Front front) {
  boost::system::error_code ignored;
  socket.set_option(ip::tcp::no_delay(true), ignored);
  const auto& protocols = listener.serving->over(route.transport);
  const auto connection = std::make_shared<TcpConnection>(
      std::move(socket), route, std::shared_ptr<const ServedProtocols>(listener.serving, &protocols), front, context_);
  counts_.add(route.peer.address());
  ++accepted_->value;
  try {
    connections_.emplace(key(route), connection);
    connection->start();
  } catch (const std::exception&) {
    connection->close();
    throw;
  }
}

void TcpServer::not_accepted(boost::system::error_code error) {
  ++accept_error_->value;
  const auto held_back = limit_.pass();
  if (held_back < 0) return;
  log::write(log::LogLevel::warning, "connection not accepted",
             {{"error", errno_name(error.value())}, {"held-back", log::count(held_back)}});
}

void TcpServer::refuse(const Route& route, Counter& cause, std::string_view words) {
  context_.dispatch.refused(route, words, cause);
}

void TcpServer::forget(const TcpConnection& connection) {
  counts_.remove(connection.asked().peer.address());
  connections_.erase(key(connection.route()));
}

void TcpServer::watch() {
  idle_timer_.expires_after(std::clamp<std::chrono::milliseconds>(limits_.idle / 4, 25ms, 1s));
  idle_timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    watch();
    sweep();
  });
}

void TcpServer::sweep() {
  const auto deadline = TcpConnection::Clock::now() - limits_.idle;
  std::vector<std::shared_ptr<TcpConnection>> idle;
  for (const auto& [key, connection] : connections_) {
    connection->notice_what_was_taken();
    if (connection->last_progress() <= deadline) idle.push_back(connection);
  }
  for (const auto& connection : idle) {
    ++closed_idle_->value;
    connection->close();
  }
}

void TcpServer::bound_by(const config::TcpLimits& limits) {
  limits_ = limits;
  context_.unsent = limits.unsent;
}

void TcpServer::drain() {
  if (!std::exchange(draining_, true)) update([](const Binding&) { return nullptr; });
  close_idle();
}

void TcpServer::close_idle() {
  std::vector<std::shared_ptr<TcpConnection>> idle;
  for (const auto& [key, connection] : connections_) {
    if (!connection->busy()) idle.push_back(connection);
  }
  for (const auto& connection : idle) connection->close();
}

}  // namespace thence
