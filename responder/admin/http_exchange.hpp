#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

/// A GET request that is in order. HEAD is one too: what is made of it is not sent.
struct HttpRequest {
  std::string path;                     ///< begins with `/`, without a query
  boost::asio::ip::tcp::endpoint peer;  ///< who asks; IPv4 is never v4-mapped IPv6
};

struct HttpResponse {
  unsigned status = 200;
  std::string body;
  std::string type = "text/plain; charset=utf-8";
  std::string policy = "default-src 'none'; frame-ancestors 'none'";  ///< of contents, for browsers (CSP)
};

/// Answers a request, now or later, on the thread that runs the server's context. Later than the server has patience,
/// the answer goes nowhere.
using HttpHandler = std::function<void(const HttpRequest& request, std::function<void(HttpResponse)> answer)>;

/// What a client can make the server hold.
struct HttpLimits {
  std::size_t connections = 32;
  std::uint32_t header = 8192;                 ///< octets of a request: it has no body
  std::chrono::milliseconds patience{10'000};  ///< for a request to come, an answer to be made, and one to be taken
};

}  // namespace thence::admin
