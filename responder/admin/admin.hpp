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

/// Metrics, health and the status page over HTTP. Each request is answered from a status of its own.
class Admin {
 public:
  /// Makes a status and hands it over, now or later, on the thread that runs the context. One that is never handed over
  /// is given up after some seconds.
  using Gather = std::function<void(std::function<void(const Status&)>)>;

  /// Listens, and answers from when the context runs. All of it is on that thread, where it may be destroyed at any
  /// time.
  /// @param beside as HttpServer has it
  /// @throws boost::system::system_error where it cannot listen
  Admin(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& endpoint, Gather gather,
        const admin::HttpLimits& limits = {}, Admin* beside = nullptr);

  /// Where it listens: with the port that the system chose where 0 was given.
  boost::asio::ip::tcp::endpoint endpoint() const { return server_.endpoint(); }

 private:
  void answer(const admin::HttpRequest& request, std::function<void(admin::HttpResponse)> done);

  Gather gather_;
  std::shared_ptr<std::atomic<std::size_t>> pending_;  ///< statuses that are being made
  admin::HttpServer server_;
};

}  // namespace thence
