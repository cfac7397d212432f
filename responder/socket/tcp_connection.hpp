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

/// One accepted TCP connection: finds the messages in its stream, and sends the replies on it in the order in which
/// they are made. While a client leaves too many octets unread, no more requests are read from it. What goes wrong with
/// it, such as a want of memory, costs this connection.
class TcpConnection final : public ReplyPath {
 public:
  using Clock = std::chrono::steady_clock;

  /// What a connection uses of its worker; all of it outlives the connection.
  struct Context {
    Dispatch& dispatch;
    std::span<std::byte> scratch;  ///< room for a reply, used by one connection at a time
    std::size_t unsent = 0;        ///< octets that may wait before reading pauses
    Counter& received;
    Counter& answered;
    Counter& deferred;
    Counter& not_a_message;    ///< streams that held something else, and were closed
    Counter& failed;           ///< closed for a want of memory, say
    Counter& connection_gone;  ///< deferred replies that came too late
    Counter& given_up;         ///< requests that were deferred and never answered
    std::function<void(TcpConnection&)> closed;
  };

  /// @param protocols those served there over the transport of the route
  TcpConnection(boost::asio::ip::tcp::socket socket, const Route& route,
                std::shared_ptr<const ServedProtocols> protocols, Context& context);

  void start() { read(); }

  /// When it was accepted, a whole request was read or replies were taken.
  Clock::time_point last_progress() const noexcept { return last_progress_; }

  const Route& route() const noexcept { return route_; }

  /// Whether it owes its client anything: a request is being answered, or replies are not taken yet.
  bool busy() const noexcept;

  void close();

  /// close() without telling anybody: the worker ends, and with it the context.
  void abandon() noexcept;

 private:
  std::shared_ptr<TcpConnection> self() { return std::static_pointer_cast<TcpConnection>(shared_from_this()); }
  void send_deferred(const Route& route, std::size_t protocol, std::span<const std::byte> message) override;
  void give_up(const Route& route) noexcept override;
  void schedule();
  template <typename Step>
  void at_own_cost(Step step);

  void read();
  void answer();
  std::optional<std::size_t> frame(std::span<const std::byte> stream);
  void respond(std::span<const std::byte> message);
  void append(std::span<const std::byte> message);
  void write_or_close();
  void reject();
  bool paused() const noexcept;

  boost::asio::ip::tcp::socket socket_;
  Route route_;
  std::shared_ptr<const ServedProtocols> protocols_;
  Context* context_;
  const ServedProtocol* served_ = nullptr;  ///< chosen by the first message
  std::vector<std::byte> input_;
  std::size_t filled_ = 0;          ///< octets of input_ that were received
  std::vector<std::byte> pending_;  ///< replies that wait for the write under way
  std::vector<std::byte> writing_;
  bool scheduled_ = false;  ///< an answer() is on its way
  bool reading_ = false;
  bool ended_ = false;  ///< no more is read
  bool closed_ = false;
  Clock::time_point last_progress_ = Clock::now();
};

}  // namespace thence
