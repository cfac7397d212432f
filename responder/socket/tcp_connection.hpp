#pragma once

#include "responder/dispatch/dispatch.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

namespace thence {

/// Octets of a message in a stream at most, without what its protocol puts before it (RFC 1035 §4.2.2).
constexpr std::size_t largest_tcp_message = 65535;

/// One accepted TCP connection: finds the messages in its stream, and sends the replies on it in the order in which
/// they are made. While a client leaves too many octets unread, no more requests are read from it.
class TcpConnection : public std::enable_shared_from_this<TcpConnection> {
 public:
  using Clock = std::chrono::steady_clock;

  /// What a connection uses of its worker; all of it outlives the connection.
  struct Environment {
    Dispatch& dispatch;
    std::span<std::byte> scratch;  ///< room for a reply, used by one connection at a time
    std::size_t unsent = 0;        ///< octets that may wait before reading pauses
    Counter& received;
    Counter& answered;
    Counter& deferred;
    Counter& not_a_message;    ///< streams that held something else, and were closed
    Counter& connection_gone;  ///< deferred replies that came too late
    std::function<void(TcpConnection&)> closed;
  };

  /// @param port the protocols served there
  TcpConnection(boost::asio::ip::tcp::socket socket, const Route& route, std::shared_ptr<const Port> port,
                Environment& environment);

  void start() { read(); }

  /// Sends the message of a deferred reply. May be called from within respond().
  void send(std::span<const std::byte> message);

  /// When it was accepted, a whole request was read or replies were taken.
  Clock::time_point last_progress() const noexcept { return last_progress_; }

  const Route& route() const noexcept { return route_; }

  /// Whether it owes its client anything: a request is being answered, or replies are not taken yet.
  bool busy() const noexcept;

  void close();

 private:
  void read();
  void answer();
  std::optional<Frame> choose(std::span<const std::byte> stream);
  void respond(std::span<const std::byte> message);
  void append(std::span<const std::byte> message);
  void write_or_close();
  void reject();
  bool paused() const noexcept;

  boost::asio::ip::tcp::socket socket_;
  Route route_;
  std::shared_ptr<const Port> port_;
  Environment* environment_;
  const ServedProtocol* served_ = nullptr;  ///< chosen by the first message
  std::vector<std::byte> input_;
  std::size_t filled_ = 0;          ///< octets of input_ that were received
  std::vector<std::byte> pending_;  ///< replies that wait for the write under way
  std::vector<std::byte> writing_;
  std::size_t prefix_ = 0;    ///< of each message of the protocol
  std::size_t deferred_ = 0;  ///< replies that are still to come
  bool scheduled_ = false;    ///< an answer() is on its way
  bool reading_ = false;
  bool ended_ = false;  ///< no more is read
  bool closed_ = false;
  Clock::time_point last_progress_ = Clock::now();
};

}  // namespace thence
