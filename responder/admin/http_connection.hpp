#pragma once

#include "responder/admin/http_exchange.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

namespace thence::admin {

/// One accepted connection: reads a request, has the handler answer it, sends the answer, and repeats for as long as
/// the client wants. Its owner keeps it until it calls `closed`, which its timer guarantees.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Clock = std::chrono::steady_clock;
  using Closed = std::function<void(const std::shared_ptr<HttpConnection>&)>;

  /// @param handler outlives the connection
  HttpConnection(boost::asio::ip::tcp::socket socket, const HttpLimits& limits, const HttpHandler& handler,
                 Closed closed);

  void start() { read(); }

  enum class Stage : std::uint8_t {
    parting,  ///< the last answer has been sent
    reading,  ///< a request is awaited, or has arrived in part
    sending,  ///< the client is taking an answer
    asking,   ///< the handler is making an answer
  };
  Stage stage() const noexcept { return stage_; }
  /// When that stage began.
  Clock::time_point since() const noexcept { return since_; }
  /// The client, as config::client_of() has it; unspecified if it is already gone.
  const boost::asio::ip::address& client() const noexcept { return client_; }

  /// May be called more than once.
  void close();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;

  /// Begins a stage and sets its time-out: unless something happens first, late() closes the connection or answers in
  /// the handler's place.
  void begin(Stage stage, std::chrono::milliseconds within);
  void late();

  void read();
  void read_done(boost::system::error_code error);
  void ask();
  void answer(HttpResponse made);
  void refuse(unsigned status, const char* words);
  void write();
  void write_done(boost::system::error_code error);
  void drain();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  HttpLimits limits_;
  const HttpHandler* handler_;
  Closed closed_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Response response_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::string_body>> serializer_;
  boost::asio::ip::address client_;
  Stage stage_ = Stage::reading;
  Clock::time_point since_ = Clock::now();
  std::uint64_t asked_ = 0;  ///< requests so far, to tell the awaited answer from a late one
  bool is_head_ = false;
  bool keep_alive_ = false;
  bool is_closed_ = false;
};

}  // namespace thence::admin
