#pragma once

#include "responder/dispatch/dispatch.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

namespace thence {

/// One accepted TCP connection: finds the messages in its stream, and sends replies in the order in which they are
/// made. While a client leaves too many octets unread, no more of its requests are read. A failure, such as running out
/// of memory, closes only this connection.
class TcpConnection final : public ReplyPath {
 public:
  using Clock = std::chrono::steady_clock;

  /// Whether a PROXY header stands in front of the stream: on a listener with `proxy:`, of a trusted peer it must, of
  /// others it must not.
  enum class Front : std::uint8_t { open, header_required, header_forbidden };

  /// What a connection uses of its worker; all of it must outlive the connection.
  struct Context {
    Dispatch& dispatch;
    std::span<std::byte> scratch;  ///< room for a reply; used by one connection at a time
    std::size_t unsent = 0;        ///< octets that may be pending before reading pauses
    Counter& received;
    Counter& answered;
    Counter& deferred;
    Counter& not_a_message;      ///< streams closed because they held something else
    Counter& failed;             ///< closed by a failure such as running out of memory
    Counter& connection_gone;    ///< deferred replies that came too late
    Counter& given_up;           ///< deferred requests that were never answered
    Counter& proxy_header;       ///< streams of trusted proxies without a valid header
    Counter& proxy_not_trusted;  ///< streams of others with a header
    /// A proxy has said for whom it speaks. @return whether that client may have one more connection
    std::function<bool(const Route& before, const Route& now)> introduced;
    std::function<void(TcpConnection&)> closed;
    std::list<TcpConnection*> by_progress = {};  ///< those that are open; first the longest without progress
  };

  /// @param protocols those served there over the route's transport
  TcpConnection(boost::asio::ip::tcp::socket socket, const Route& route,
                std::shared_ptr<const ServedProtocols> protocols, Front front, Context& context);
  ~TcpConnection() override;
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  void start() { read(); }

  /// When the connection was accepted, a whole request was read, or replies were sent or, as far as
  /// notice_what_was_taken() has seen, taken by the client; whichever was last.
  Clock::time_point last_progress() const noexcept { return last_progress_; }

  /// Finds out whether the client has taken any of the replies in the system's buffer since the last call.
  void notice_what_was_taken() noexcept;

  /// The connection's own.
  const Route& route() const noexcept { return route_; }

  /// That of its requests: what a proxy has said, or the connection's own.
  const Route& asked() const noexcept { return asked_; }

  /// Whether it owes its client anything: a request is being answered, or replies have not been taken yet.
  bool busy() const noexcept;

  /// Whether it waits for a request, or for the rest of one: closing it loses no reply.
  bool idle() const noexcept;

  void close();

  /// close() without calling back: the worker, and with it the context, is being destroyed.
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
  bool take_front(std::size_t& begin);
  void reset(std::string_view why, Counter& cause);
  std::optional<std::size_t> frame(std::span<const std::byte> stream);
  void respond(std::span<const std::byte> message);
  void append(std::span<const std::byte> message);
  void write_or_close();
  void write();
  void wrote(std::size_t size);
  void progress() noexcept;
  void reject();
  bool paused() const noexcept;
  bool has_unread() const noexcept;
  bool owes_replies() const noexcept { return owed() > 0 || !pending_.empty() || !writing_.empty(); }

  boost::asio::ip::tcp::socket socket_;
  Route route_;
  Route asked_;
  Front front_;
  std::shared_ptr<const ServedProtocols> protocols_;
  Context* context_;
  const ServedProtocol* served_ = nullptr;  ///< chosen by the first message
  std::vector<std::byte> input_;
  std::size_t filled_ = 0;          ///< octets received into input_
  std::vector<std::byte> pending_;  ///< replies queued behind the current write
  std::vector<std::byte> writing_;
  std::size_t written_ = 0;  ///< octets of writing_ that the system has
  std::uint64_t sent_ = 0;   ///< octets that the system has got so far
  std::uint64_t taken_ = 0;  ///< of these, how many the client was seen to have taken
  bool scheduled_ = false;   ///< an answer() has been posted
  bool reading_ = false;
  bool ended_ = false;  ///< nothing more is read
  bool closed_ = false;
  Clock::time_point last_progress_ = Clock::now();
  std::list<TcpConnection*>::iterator place_;  ///< in Context::by_progress, while it is open
};

}  // namespace thence
