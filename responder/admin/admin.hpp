#pragma once

#include "responder/admin/http_server.hpp"
#include "responder/dispatch/status.hpp"

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace thence {

/// Metrics, health and the status page over HTTP. Each request is answered from a fresh status.
class Admin {
 public:
  /// Makes a status and passes it to the callback, now or later, on the thread that runs the context. If it never does,
  /// the request is given up after some seconds.
  using Gather = std::function<void(std::function<void(const Status&)>)>;

  /// Listens at once, and answers while the context runs. Everything happens on that thread, and it may be destroyed
  /// there at any time.
  /// @param beside as for HttpServer
  /// @throws boost::system::system_error when it cannot listen
  Admin(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& endpoint, Gather gather,
        const admin::HttpLimits& limits = {}, Admin* beside = nullptr);

  /// Where it listens; if port 0 was given, with the port that the system chose.
  boost::asio::ip::tcp::endpoint endpoint() const { return server_.endpoint(); }

 private:
  void answer(const admin::HttpRequest& request, std::function<void(admin::HttpResponse)> done);

  Gather gather_;
  std::shared_ptr<std::atomic<std::size_t>> pending_;  ///< statuses being made
  admin::HttpServer server_;
};

}  // namespace thence
