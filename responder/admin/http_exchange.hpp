#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

/// A valid GET request. HEAD counts as GET, but the body of its answer is not sent.
struct HttpRequest {
  std::string path;                     ///< begins with `/`; without the query
  boost::asio::ip::tcp::endpoint peer;  ///< the client; never a v4-mapped IPv6 address
};

struct HttpResponse {
  unsigned status = 200;
  std::string body;
  std::string type = "text/plain; charset=utf-8";
  std::string policy = "default-src 'none'; frame-ancestors 'none'";  ///< the Content-Security-Policy
};

/// Answers a request, now or later, on the thread that runs the server's context. An answer after HttpLimits::patience
/// is discarded.
using HttpHandler = std::function<void(const HttpRequest& request, std::function<void(HttpResponse)> answer)>;

/// Limits on what clients can make the server hold.
struct HttpLimits {
  std::size_t connections = 32;                ///< in all; a client, an IPv4 address or IPv6 /64, has at most half
  std::uint32_t header = 8192;                 ///< octets of a request, which has no body
  std::chrono::milliseconds patience{10'000};  ///< for reading a request, making the answer, and sending it; each
};

}  // namespace thence::admin
