#pragma once

#include "responder/admin/http_exchange.hpp"
#include "responder/log/log.hpp"

#include <cstddef>
#include <memory>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thence::admin {

class HttpConnection;

/// A small HTTP/1.1 server for GET and HEAD (RFC 9112), which holds no more than its limits allow whatever clients do.
/// All of it is on the thread that runs the context, where it may be destroyed at any time.
class HttpServer {
 public:
  /// Listens, and answers from when the context runs.
  /// @param beside one that is about to be replaced, and may have the port on addresses of which this is one
  /// @throws boost::system::system_error where it cannot listen
  HttpServer(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& endpoint, HttpHandler handler,
             const HttpLimits& limits = {}, HttpServer* beside = nullptr);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Where it listens: with the port that the system chose where 0 was given.
  boost::asio::ip::tcp::endpoint endpoint() const;
  std::size_t connections() const noexcept { return connections_.size(); }

 private:
  void accept();
  void accepted(boost::system::error_code error, boost::asio::ip::tcp::socket socket);
  /// @return whether there is room for one more connection
  bool make_room();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  HttpLimits limits_;
  HttpHandler handler_;
  std::unordered_set<std::shared_ptr<HttpConnection>> connections_;
  log::Limit limit_;
  std::shared_ptr<bool> here_ = std::make_shared<bool>(true);  ///< false when this is destroyed
};

}  // namespace thence::admin
