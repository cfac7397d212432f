#pragma once

#include "protocols/route.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace thence {

/// The way back to the client: a socket or connection of one worker.
class ReplyPath : public std::enable_shared_from_this<ReplyPath> {
 public:
  virtual ~ReplyPath() = default;
  ReplyPath(const ReplyPath&) = delete;
  ReplyPath& operator=(const ReplyPath&) = delete;

  /// Deferred replies that are still outstanding.
  std::size_t owed() const noexcept { return owed_; }

 protected:
  ReplyPath() = default;

 private:
  friend class Deferral;

  /// @param protocol its number on the worker
  virtual void send_deferred(const Route& route, std::size_t protocol, std::span<const std::byte> message) = 0;
  virtual void give_up(const Route& route) noexcept = 0;

  std::size_t owed_ = 0;
};

/// A reply that is sent later. It holds the identity of the exchange: the socket or connection that the request came
/// by, which is kept while the reply is outstanding, and the request's route. Created by Reply::defer(); kept and ended
/// on the worker's thread. If it ends without a send, the request counts as given up.
class Deferral {
 public:
  /// A deferral of no reply.
  Deferral() = default;
  /// @param protocol its number on the worker
  Deferral(std::shared_ptr<ReplyPath> path, const Route& route, std::size_t protocol) noexcept
      : path_(std::move(path)), route_(route), protocol_(protocol) {
    ++path_->owed_;
  }
  Deferral(Deferral&& other) noexcept { swap(other); }
  Deferral& operator=(Deferral&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Deferral() {
    if (const auto path = end()) path->give_up(route_);
  }

  /// Sends the message; only the first call does anything. It may be called from within respond(). If the socket,
  /// connection or address is gone by then, nothing is sent, and that is counted.
  /// @throws std::bad_alloc if a connection has no memory to queue it; it still counts as sent
  void send(std::span<const std::byte> message) {
    if (const auto path = end()) path->send_deferred(route_, protocol_, message);
  }

  /// Of the request.
  const Route& route() const noexcept { return route_; }

 private:
  void swap(Deferral& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(route_, other.route_);
    std::swap(protocol_, other.protocol_);
  }
  std::shared_ptr<ReplyPath> end() noexcept {
    if (path_) --path_->owed_;
    return std::exchange(path_, nullptr);
  }

  std::shared_ptr<ReplyPath> path_;
  Route route_;
  std::size_t protocol_ = 0;
};

}  // namespace thence
