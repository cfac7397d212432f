#include "responder/socket/tcp_connection.hpp"

#include <cstring>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace thence {

namespace {

namespace asio = boost::asio;

constexpr std::size_t first_read = 512;
constexpr std::size_t enough_to_tell = 8;  // octets, see Protocol::frame
constexpr std::size_t most_deferred = 64;  // replies that a connection may wait for before reading pauses

}  // namespace

TcpConnection::TcpConnection(asio::ip::tcp::socket socket, const Route& route, std::shared_ptr<const Port> port,
                             Environment& environment)
    : socket_(std::move(socket)),
      route_(route),
      port_(std::move(port)),
      environment_(&environment),
      input_(first_read) {}

bool TcpConnection::paused() const noexcept {
  return pending_.size() + writing_.size() > environment_->unsent || deferred_ >= most_deferred;
}

bool TcpConnection::busy() const noexcept {
  boost::system::error_code error;
  // What has arrived is owed an answer, too, even where the system has told nobody of it yet.
  return deferred_ > 0 || !pending_.empty() || !writing_.empty() || filled_ > 0 || socket_.available(error) > 0;
}

void TcpConnection::read() {
  if (reading_ || ended_ || closed_ || paused()) return;
  if (filled_ == input_.size()) {
    if (filled_ > largest_tcp_message) {
      reject();
      return write_or_close();
    }
    input_.resize(2 * input_.size());
  }
  reading_ = true;
  socket_.async_read_some(asio::buffer(input_.data() + filled_, input_.size() - filled_),
                          [self = shared_from_this()](boost::system::error_code error, std::size_t size) {
                            self->reading_ = false;
                            if (error && error != asio::error::eof) return self->close();
                            self->filled_ += size;
                            self->ended_ = self->ended_ || error;
                            self->answer();
                          });
}

void TcpConnection::answer() {
  if (closed_) return;
  std::size_t begin = 0;
  while (!paused() && filled_ - begin >= enough_to_tell) {
    const std::span<const std::byte> stream(input_.data() + begin, filled_ - begin);
    const auto frame = choose(stream);
    if (!frame) break;
    if (frame->message == 0 || frame->message > largest_tcp_message) {
      begin = filled_;
      reject();
      break;
    }
    const auto size = frame->prefix + frame->message;
    if (stream.size() < size) {
      // Room for the whole of this message is room enough for any that follows.
      if (input_.size() < size) input_.resize(size);
      break;
    }
    prefix_ = frame->prefix;
    respond(stream.subspan(frame->prefix, frame->message));
    begin += size;
  }
  if (begin > 0) std::memmove(input_.data(), input_.data() + begin, filled_ - begin);
  filled_ -= begin;
  read();
  write_or_close();
}

void TcpConnection::reject() {
  ++environment_->not_a_message.value;
  environment_->dispatch.refused(route_, "not a message");
  // What was asked before is still answered.
  ended_ = true;
}

std::optional<Frame> TcpConnection::choose(std::span<const std::byte> stream) {
  if (served_ != nullptr) return served_->protocol->frame(stream);
  // Frames of different protocols exclude each other, so the first that finds one has the connection.
  std::optional<Frame> none = Frame{};
  for (const auto* const each : *port_) {
    const auto frame = each->protocol->frame(stream);
    if (!frame) {
      none = std::nullopt;
    } else if (frame->message != 0) {
      served_ = each;
      return frame;
    }
  }
  return none;
}

void TcpConnection::respond(std::span<const std::byte> message) {
  last_progress_ = Clock::now();
  ++environment_->received.value;
  const Request request{message, route_};
  Reply reply{environment_->scratch, 0, route_};
  ++deferred_;
  if (environment_->dispatch.respond(*served_, request, reply) == Verdict::Action::defer) {
    ++environment_->deferred.value;
  } else {
    --deferred_;
  }
  if (reply.size > 0) append(reply.buffer.first(reply.size));
}

void TcpConnection::append(std::span<const std::byte> message) {
  if (prefix_ == 2) {
    pending_.push_back(static_cast<std::byte>(message.size() >> 8U));
    pending_.push_back(static_cast<std::byte>(message.size() & 0xffU));
  }
  pending_.insert(pending_.end(), message.begin(), message.end());
  ++environment_->answered.value;
}

void TcpConnection::send(std::span<const std::byte> message) {
  if (closed_ || deferred_ == 0) {
    ++environment_->connection_gone.value;
    return;
  }
  --deferred_;
  append(message);
  // Not here: this may be in the middle of another answer().
  if (std::exchange(scheduled_, true)) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->scheduled_ = false;
    self->answer();
  });
}

void TcpConnection::write_or_close() {
  if (closed_ || !writing_.empty()) return;
  if (pending_.empty()) {
    if (ended_ && deferred_ == 0) close();
    return;
  }
  std::swap(writing_, pending_);
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                      self->writing_.clear();
                      if (error) return self->close();
                      self->last_progress_ = Clock::now();
                      self->answer();
                    });
}

void TcpConnection::close() {
  if (std::exchange(closed_, true)) return;
  boost::system::error_code ignored;
  socket_.close(ignored);
  environment_->closed(*this);
}

}  // namespace thence
