#pragma once

#include <chrono>
#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

struct HttpAnswer {
  unsigned status = 0;
  std::string body;  ///< at most 64 MiB
};

/// Sends GET to an HTTP server and waits for the whole answer.
/// @throws boost::system::system_error when it does not arrive within that time
HttpAnswer get(const boost::asio::ip::tcp::endpoint& server, const std::string& path,
               std::chrono::milliseconds timeout);

}  // namespace thence::admin
