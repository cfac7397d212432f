#include "responder/admin/http_connection.hpp"

#include "config/address.hpp"
#include "responder/admin/http_host.hpp"

#include <array>
#include <ctime>
#include <string_view>
#include <utility>

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace thence::admin {

namespace {

namespace http = boost::beast::http;
namespace ip = boost::asio::ip;
using namespace std::chrono_literals;
using boost::system::error_code;

constexpr auto farewell = 1s;  // for the client to read the last answer before the connection closes

/// What is wrong with a request, and the answer to it.
struct Refusal {
  unsigned status;
  const char* words;
};

/// @return nothing for connection errors, which cannot be answered
std::optional<Refusal> refusal(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return Refusal{431, "the header is too long; allowed: 8192 octets"};
  }
  if (error == http::error::body_limit || error == http::error::unexpected_body) {
    return Refusal{413, "a body; allowed: none"};
  }
  if (error == http::error::bad_version) return Refusal{505, "allowed: HTTP/1.0, HTTP/1.1"};
  if (error == http::error::end_of_stream || error == http::error::partial_message) return {};
  if (error.category() == make_error_code(http::error::bad_method).category()) {
    return Refusal{400, "that is not HTTP"};
  }
  return {};
}

template <typename Parser>
std::optional<Refusal> refusal(const Parser& parser, bool is_loopback) {
  const auto& header = parser.get();
  if (header.method() != http::verb::get && header.method() != http::verb::head) {
    return Refusal{405, "allowed: GET, HEAD"};
  }
  if (parser.chunked()) return Refusal{413, "a body; allowed: none"};
  if (!header.target().starts_with('/')) return Refusal{400, "the target is not a path"};
  const auto hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() >= 11)) return Refusal{400, "allowed: one Host field"};
  if (hosts == 1 && is_loopback && !names_no_stranger(header[http::field::host])) {
    return Refusal{421, "this server answers on loopback addresses to an IP address or localhost as Host alone"};
  }
  return {};
}

/// RFC 9110 §5.6.7.
std::string http_date() {
  const auto now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text.data(), size};
}

ip::address client_of(const ip::tcp::socket& socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  return error ? ip::address() : config::client_of(config::unmapped(peer.address()));
}

ip::tcp::endpoint unmapped(const ip::tcp::endpoint& endpoint) {
  return {config::unmapped(endpoint.address()), endpoint.port()};
}

}  // namespace

HttpConnection::HttpConnection(ip::tcp::socket socket, const HttpLimits& limits, const HttpHandler& handler,
                               Closed closed)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      limits_(limits),
      handler_(&handler),
      closed_(std::move(closed)),
      buffer_(2UL * limits.header),
      client_(client_of(socket_)) {}

void HttpConnection::close() {
  if (std::exchange(is_closed_, true)) return;
  error_code ignored;
  timer_.cancel();
  socket_.close(ignored);
  closed_(shared_from_this());
}

void HttpConnection::begin(Stage stage, std::chrono::milliseconds within) {
  stage_ = stage;
  since_ = Clock::now();
  timer_.expires_after(within);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    // The timer may have been extended too late to cancel this handler.
    if (error || !self || self->timer_.expiry() > Clock::now()) return;
    self->late();
  });
}

void HttpConnection::late() {
  if (stage_ != Stage::asking) return close();
  keep_alive_ = false;
  answer({503, "no answer in time: the server is busy or stuck\n"});
}

void HttpConnection::read() {
  parser_.emplace();
  parser_->header_limit(limits_.header);
  parser_->body_limit(0);
  begin(Stage::reading, limits_.patience);
  http::async_read_header(socket_, buffer_, *parser_,
                          [self = shared_from_this()](error_code error, std::size_t) { self->read_done(error); });
}

void HttpConnection::read_done(error_code error) {
  if (is_closed_) return;
  is_head_ = parser_->get().method() == http::verb::head;
  keep_alive_ = false;
  if (error) {
    if (const auto found = refusal(error)) return refuse(found->status, found->words);
    return close();
  }
  const auto local = socket_.local_endpoint(error);
  if (error) return close();
  if (const auto found = refusal(*parser_, unmapped(local).address().is_loopback())) {
    return refuse(found->status, found->words);
  }
  keep_alive_ = parser_->keep_alive();
  ask();
}

void HttpConnection::ask() {
  error_code error;
  const auto peer = socket_.remote_endpoint(error);
  if (error) return close();
  const auto target = parser_->get().target();
  HttpRequest request{std::string(target.substr(0, target.find('?'))), unmapped(peer)};
  begin(Stage::asking, limits_.patience);
  (*handler_)(request, [weak = weak_from_this(), number = ++asked_](HttpResponse made) {
    const auto self = weak.lock();
    if (self && self->stage_ == Stage::asking && self->asked_ == number) self->answer(std::move(made));
  });
}

void HttpConnection::refuse(unsigned status, const char* words) { answer({status, std::string(words) + '\n'}); }

void HttpConnection::answer(HttpResponse made) {
  if (is_closed_) return;
  response_ = Response(static_cast<http::status>(made.status), 11);
  response_.set(http::field::date, http_date());
  response_.set(http::field::server, "Thence");
  response_.set(http::field::content_type, made.type);
  response_.set(http::field::cache_control, "no-store");
  response_.set("Content-Security-Policy", made.policy);
  response_.set("Cross-Origin-Resource-Policy", "same-origin");
  response_.set("Referrer-Policy", "no-referrer");
  response_.set("X-Content-Type-Options", "nosniff");
  response_.set("X-Frame-Options", "DENY");
  if (made.status == 405) response_.set(http::field::allow, "GET, HEAD");
  response_.keep_alive(keep_alive_);
  if (keep_alive_ && parser_->get().version() < 11) response_.set(http::field::connection, "keep-alive");
  response_.body() = std::move(made.body);
  response_.prepare_payload();
  write();
}

void HttpConnection::write() {
  serializer_.emplace(response_);
  begin(Stage::sending, limits_.patience);
  auto done = [self = shared_from_this()](error_code error, std::size_t) { self->write_done(error); };
  if (is_head_) return http::async_write_header(socket_, *serializer_, std::move(done));
  http::async_write(socket_, *serializer_, std::move(done));
}

void HttpConnection::write_done(error_code error) {
  if (is_closed_) return;
  if (error) return close();
  response_.body() = {};
  if (keep_alive_) return read();
  socket_.shutdown(ip::tcp::socket::shutdown_send, error);
  if (error) return close();
  // Closing now, with unread octets, would reset the connection, and the client might lose the answer.
  begin(Stage::parting, farewell);
  drain();
}

void HttpConnection::drain() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(limits_.header), [self = shared_from_this()](error_code error, std::size_t) {
    if (self->is_closed_) return;
    if (error) return self->close();
    self->drain();
  });
}

}  // namespace thence::admin
