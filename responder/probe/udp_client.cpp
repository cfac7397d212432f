#include "responder/probe/udp_client.hpp"

#include "responder/probe/path.hpp"

#include <cerrno>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace thence::probe {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;
using Clock = std::chrono::steady_clock;
using boost::system::error_code;

constexpr std::size_t largest_datagram = 65535;

bool is_hard(const error_code& error) {
  // RFC 1122 §4.2.3.9: protocol unreachable, port unreachable.
  return error.value() == ECONNREFUSED || error.value() == ENOPROTOOPT;
}

}  // namespace

struct UdpClient::Socket {
  explicit Socket(asio::io_context& context) : socket(context) {}
  ip::udp::socket socket;
};

struct UdpClient::Pending {
  Pending(asio::io_context& context, UdpRequest what, std::function<void(const UdpAnswer&)> then)
      : request(std::move(what)), done(std::move(then)), timer(context) {}

  UdpRequest request;
  std::function<void(const UdpAnswer&)> done;
  asio::steady_timer timer;
  Clock::time_point first;
  Clock::time_point last;
  unsigned transmissions = 0;
  error_code soft;  // reported by a router; not final
};

UdpClient::UdpClient(asio::io_context& context) : context_(context), buffer_(largest_datagram) {}
UdpClient::~UdpClient() = default;

SocketId UdpClient::open(const ip::address& from) {
  auto socket = std::make_unique<Socket>(context_);
  const Endpoint local(from, 0);
  socket->socket.open(local.protocol());
  watch_path(socket->socket);
  socket->socket.bind(local);
  socket->socket.non_blocking(true);
  sockets_.push_back(std::move(socket));
  wait(sockets_.size() - 1);
  return sockets_.size() - 1;
}

Endpoint UdpClient::local(SocketId socket) const { return sockets_[socket]->socket.local_endpoint(); }

void UdpClient::wait(SocketId id) {
  sockets_[id]->socket.async_wait(ip::udp::socket::wait_read, [this, id](error_code error) {
    if (error) return;
    receive(id);
    wait(id);
  });
}

void UdpClient::receive(SocketId id) {
  auto& socket = *sockets_[id];
  for (;;) {
    Endpoint from;
    error_code error;
    const auto size = socket.socket.receive_from(asio::buffer(buffer_), from, 0, error);
    if (error == asio::error::would_block || error == asio::error::try_again) break;
    // Any other error is also in the error queue, with more detail.
    if (!error) arrived(id, from, std::span(buffer_).first(size));
  }
  receive_errors(socket);
}

void UdpClient::receive_errors(Socket& socket) {
  while (const auto report = take_path_error(socket.socket)) unreachable(report->destination, report->error);
}

void UdpClient::unreachable(const Endpoint& destination, error_code error) {
  const auto pending = pending_;  // a copy: ending a request changes the list
  for (const auto& each : pending) {
    if (each->request.to.address() != destination.address() || each->request.to.port() != destination.port()) continue;
    each->soft = error;
    if (is_hard(error)) end(each, {.error = error});
  }
}

void UdpClient::arrived(SocketId id, const Endpoint& from, std::span<const std::byte> message) {
  const auto now = Clock::now();
  const auto pending = pending_;
  for (const auto& each : pending) {
    if (!each->request.answered_by(message)) continue;
    end(each,
        {.message = {message.begin(), message.end()}, .from = from, .arrived_on = id, .round_trip = now - each->last});
    return;
  }
}

bool UdpClient::send(Pending& pending) {
  auto& socket = *sockets_[pending.request.socket];
  error_code error;
  // A pending ICMP error for an earlier datagram makes the next send fail: handle the error, then send again.
  for (int attempt = 0; attempt < 3; ++attempt) {
    pending.last = Clock::now();
    socket.socket.send_to(asio::buffer(pending.request.message), pending.request.to, 0, error);
    if (!error) {
      ++pending.transmissions;
      return true;
    }
    receive_errors(socket);
    if (!pending.done) return false;
  }
  pending.soft = error;
  return false;
}

void UdpClient::start(UdpRequest request, std::function<void(const UdpAnswer&)> done) {
  auto pending = std::make_shared<Pending>(context_, std::move(request), std::move(done));
  pending_.push_back(pending);
  pending->timer.expires_after(std::chrono::seconds(0));
  pending->timer.async_wait([this, pending](error_code error) {
    if (error || !pending->done) return;
    pending->first = Clock::now();
    next(pending);
  });
}

void UdpClient::run() {
  while (!pending_.empty()) context_.run_one();
}

void UdpClient::next(const std::shared_ptr<Pending>& pending) {
  if (!send(*pending)) {
    if (pending->done) end(pending, {.error = pending->soft});
    return;
  }
  const auto& schedule = pending->request.schedule;
  const bool more = pending->transmissions < schedule.sent.size();
  pending->timer.expires_at(pending->first + (more ? schedule.sent[pending->transmissions] : schedule.given_up));
  pending->timer.async_wait([this, pending, more](error_code error) {
    if (error || !pending->done) return;
    if (more) return next(pending);
    end(pending, {.error = pending->soft});
  });
}

void UdpClient::end(const std::shared_ptr<Pending>& pending, UdpAnswer answer) {
  if (!pending->done) return;
  pending_.remove(pending);
  pending->timer.cancel();
  answer.transmissions = pending->transmissions;
  const auto done = std::exchange(pending->done, nullptr);
  done(answer);
}

}  // namespace thence::probe
