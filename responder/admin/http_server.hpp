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

/// A small HTTP/1.1 server for GET and HEAD (RFC 9112), which stays within its limits whatever clients do. Everything
/// happens on the thread that runs the context, and it may be destroyed there at any time.
class HttpServer {
 public:
  /// Listens at once, and answers while the context runs.
  /// @param beside the server about to be replaced, which may hold the same port on an overlapping address
  /// @throws boost::system::system_error when it cannot listen
  HttpServer(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& endpoint, HttpHandler handler,
             const HttpLimits& limits = {}, HttpServer* beside = nullptr);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Where it listens; if port 0 was given, with the port that the system chose.
  boost::asio::ip::tcp::endpoint endpoint() const;
  std::size_t connections() const noexcept { return connections_.size(); }

 private:
  void accept();
  void accepted(boost::system::error_code error, boost::asio::ip::tcp::socket socket);
  /// Makes one more connection have room, if need be: the one that has been reading longest gives way.
  /// @return whether there is room for one of that client
  bool make_room(const boost::asio::ip::address& client);

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  HttpLimits limits_;
  HttpHandler handler_;
  std::unordered_set<std::shared_ptr<HttpConnection>> connections_;
  log::Limit limit_;
  std::shared_ptr<bool> here_ = std::make_shared<bool>(true);  ///< false once this is destroyed
};

}  // namespace thence::admin
