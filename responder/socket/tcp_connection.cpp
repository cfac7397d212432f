#include "responder/socket/tcp_connection.hpp"

#include "responder/dispatch/proxy_header.hpp"
#include "responder/host/socket_options.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

namespace thence {

namespace {

namespace asio = boost::asio;

constexpr std::size_t first_read = 512;
constexpr std::size_t most_deferred = 64;  // replies that may be outstanding before reading pauses

}  // namespace

TcpConnection::TcpConnection(asio::ip::tcp::socket socket, const Route& route,
                             std::shared_ptr<const ServedProtocols> protocols, Front front, Context& context)
    : socket_(std::move(socket)),
      route_(route),
      asked_(route),
      front_(front),
      protocols_(std::move(protocols)),
      context_(&context),
      input_(first_read),
      place_(context.by_progress.insert(context.by_progress.end(), this)) {}

TcpConnection::~TcpConnection() {
  if (!closed_) context_->by_progress.erase(place_);
}

/// Runs a step whose failure must affect only this connection.
template <typename Step>
void TcpConnection::at_own_cost(Step step) {
  try {
    step();
  } catch (const std::exception&) {
    ++context_->failed.value;
    close();
  }
}

bool TcpConnection::paused() const noexcept {
  return pending_.size() + writing_.size() - written_ > context_->unsent || owed() >= most_deferred;
}

/// Data that has arrived is owed an answer even if the event loop has not reported it yet.
bool TcpConnection::has_unread() const noexcept {
  boost::system::error_code error;
  return socket_.available(error) > 0;
}

bool TcpConnection::busy() const noexcept { return owes_replies() || filled_ > 0 || has_unread(); }

bool TcpConnection::idle() const noexcept { return !owes_replies() && !has_unread(); }

void TcpConnection::progress() noexcept {
  last_progress_ = Clock::now();
  context_->by_progress.splice(context_->by_progress.end(), context_->by_progress, place_);
}

void TcpConnection::notice_what_was_taken() noexcept {
  if (closed_ || taken_ == sent_) return;
  const auto left = socket_options::unacknowledged(socket_.native_handle());
  if (!left) return;
  const auto taken = sent_ - std::min<std::uint64_t>(*left, sent_);
  if (taken <= taken_) return;
  taken_ = taken;
  progress();
}

void TcpConnection::read() {
  if (reading_ || ended_ || closed_ || paused()) return;
  if (filled_ == input_.size()) {
    if (filled_ > largest_message) {
      reject();
      return write_or_close();
    }
    input_.resize(2 * input_.size());
  }
  reading_ = true;
  socket_.async_read_some(asio::buffer(input_.data() + filled_, input_.size() - filled_),
                          [self = self()](boost::system::error_code error, std::size_t size) {
                            self->reading_ = false;
                            if (error && error != asio::error::eof) return self->close();
                            self->filled_ += size;
                            self->ended_ = self->ended_ || error;
                            self->at_own_cost([&] { self->answer(); });
                          });
}

void TcpConnection::answer() {
  if (closed_) return;
  std::size_t begin = 0;
  const bool open = front_ == Front::open || take_front(begin);
  if (closed_) return;
  while (open && !paused() && begin < filled_) {
    const std::span<const std::byte> stream(input_.data() + begin, filled_ - begin);
    const auto size = frame(stream);
    if (!size) break;
    const auto prefix = served_ == nullptr ? 0 : prefix_size(served_->protocol->framing(route_.transport));
    if (*size <= prefix || *size > prefix + largest_message) {
      begin = filled_;
      reject();
      break;
    }
    if (stream.size() < *size) {
      // Without room for the whole message, it could never be completed.
      if (input_.size() < *size) input_.resize(*size);
      break;
    }
    respond(stream.subspan(prefix, *size - prefix));
    begin += *size;
  }
  if (begin > 0) std::memmove(input_.data(), input_.data() + begin, filled_ - begin);
  filled_ -= begin;
  read();
  write_or_close();
}

/// Takes a PROXY header off the beginning of the stream.
/// @param begin set to where the first message begins
/// @return whether that is known; not so if more octets are needed, or the connection has been reset
bool TcpConnection::take_front(std::size_t& begin) {
  const std::span<const std::byte> stream(input_.data(), filled_);
  const auto size = proxy_header_size(stream);
  if (!size) return false;
  if (front_ == Front::header_forbidden) {
    if (*size > 0) {
      reset("PROXY header from a peer that is not trusted", context_->proxy_not_trusted);
      return false;
    }
  } else {
    if (*size > stream.size()) {
      input_.resize(std::max(input_.size(), *size));
      return false;
    }
    const auto header = read_proxy_header(stream);
    if (!header) {
      reset("no valid PROXY header", context_->proxy_header);
      return false;
    }
    begin = header->size;
    if (header->addresses) {
      const auto carried = header->addresses->of(route_);
      if (!context_->introduced(asked_, carried)) {
        close();
        return false;
      }
      asked_ = carried;
    }
  }
  front_ = Front::open;
  return true;
}

/// Closes with a reset, so that what was sent counts as refused. Asio's destructor would take the option back.
void TcpConnection::reset(std::string_view why, Counter& cause) {
  context_->dispatch.refused(route_, why, cause);
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void TcpConnection::reject() {
  context_->dispatch.refused(route_, "not a message", context_->not_a_message);
  // Earlier requests are still answered.
  ended_ = true;
}

/// As Protocol::frame().
std::optional<std::size_t> TcpConnection::frame(std::span<const std::byte> stream) {
  if (served_ != nullptr) return served_->protocol->frame(route_.transport, stream);
  // Protocols' framings are mutually exclusive, so the first protocol that finds a message owns the connection.
  std::optional<std::size_t> none = 0;
  for (const auto* const each : *protocols_) {
    const auto size = each->protocol->frame(route_.transport, stream);
    if (!size) {
      none = std::nullopt;
    } else if (*size != 0) {
      served_ = each;
      return size;
    }
  }
  return none;
}

void TcpConnection::respond(std::span<const std::byte> message) {
  progress();
  ++context_->received.value;
  const Request request{message, asked_};
  Reply reply{context_->scratch, 0, route_};
  if (context_->dispatch.respond(*served_, request, reply, *this) == Verdict::Action::defer) ++context_->deferred.value;
  if (reply.size > 0) append(reply.buffer.first(reply.size));
}

void TcpConnection::append(std::span<const std::byte> message) {
  if (served_->protocol->framing(route_.transport) == Framing::length_prefixed) {
    pending_.push_back(static_cast<std::byte>(message.size() >> 8U));
    pending_.push_back(static_cast<std::byte>(message.size() & 0xffU));
  }
  pending_.insert(pending_.end(), message.begin(), message.end());
  ++context_->answered.value;
}

void TcpConnection::send_deferred(const Route& route, std::size_t protocol, std::span<const std::byte> message) {
  if (closed_) {
    ++context_->connection_gone.value;
    return;
  }
  context_->dispatch.answered(protocol, route);
  at_own_cost([&] {
    append(message);
    schedule();
  });
}

void TcpConnection::give_up(const Route& /*route*/) noexcept {
  if (closed_) return;
  ++context_->given_up.value;
  try {
    // This may have been the last reply it was waiting for.
    schedule();
  } catch (const std::exception&) {
    close();
  }
}

/// Posted, because the caller may be inside another answer().
void TcpConnection::schedule() {
  if (std::exchange(scheduled_, true)) return;
  asio::post(socket_.get_executor(), [self = self()] {
    self->scheduled_ = false;
    self->at_own_cost([&] { self->answer(); });
  });
}

void TcpConnection::write_or_close() {
  if (closed_ || !writing_.empty()) return;
  if (pending_.empty()) {
    if (ended_ && owed() == 0) close();
    return;
  }
  std::swap(writing_, pending_);
  write();
}

void TcpConnection::write() {
  socket_.async_write_some(asio::buffer(writing_) + written_,
                           [self = self()](boost::system::error_code error, std::size_t size) {
                             if (self->closed_) return;
                             if (error) return self->close();
                             self->wrote(size);
                           });
}

void TcpConnection::wrote(std::size_t size) {
  progress();
  sent_ += size;
  written_ += size;
  if (written_ < writing_.size()) return at_own_cost([&] { write(); });
  writing_.clear();
  written_ = 0;
  at_own_cost([&] { answer(); });
}

void TcpConnection::close() {
  if (std::exchange(closed_, true)) return;
  context_->by_progress.erase(place_);
  boost::system::error_code ignored;
  socket_.close(ignored);
  context_->closed(*this);
}

void TcpConnection::abandon() noexcept {
  closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace thence
