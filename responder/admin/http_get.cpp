#include "responder/admin/http_get.hpp"

#include "protocols/endpoint_text.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace thence::admin {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint64_t largest_body = 64UL * 1024 * 1024;

std::string text(const tcp::endpoint& endpoint) { return thence::text({endpoint.address(), endpoint.port()}); }

/// One request on a connection of its own.
class Exchange {
 public:
  Exchange(const tcp::endpoint& server, const std::string& path)
      : server_(server), request_(http::verb::get, path, 11) {
    request_.set(http::field::host, text(server));
    request_.set(http::field::user_agent, "thence/" THENCE_VERSION);
    request_.keep_alive(false);
    parser_.body_limit(largest_body);
  }

  HttpAnswer run(std::chrono::milliseconds within) {
    stream_.expires_after(within);
    stream_.async_connect(server_, [this](error_code error) { connected(error); });
    context_.run();
    if (error_) throw boost::system::system_error(error_);
    return {parser_.get().result_int(), std::move(parser_.get().body())};
  }

 private:
  void connected(error_code error) {
    if (error) return end(error);
    http::async_write(stream_, request_, [this](error_code failure, std::size_t) { written(failure); });
  }
  void written(error_code error) {
    if (error) return end(error);
    http::async_read(stream_, buffer_, parser_, [this](error_code failure, std::size_t) { end(failure); });
  }
  void end(error_code error) { error_ = error; }

  tcp::endpoint server_;
  asio::io_context context_{1};
  beast::tcp_stream stream_{context_};
  http::request<http::empty_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  error_code error_;
};

}  // namespace

HttpAnswer get(const tcp::endpoint& server, const std::string& path, std::chrono::milliseconds timeout) {
  return Exchange(server, path).run(timeout);
}

}  // namespace thence::admin
