#include "responder/admin/http_server.hpp"

#include "responder/admin/http_connection.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <boost/asio/ip/v6_only.hpp>

namespace thence::admin {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;
using boost::system::error_code;

/// Lets several sockets of this user share a port, if all of them ask for it (SO_REUSEPORT).
using SharedPort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// @param beside may be nullptr
tcp::acceptor listening(asio::io_context& context, const tcp::endpoint& endpoint, tcp::acceptor* beside) {
  tcp::acceptor acceptor(context, endpoint.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  const auto address = endpoint.address();
  if (address.is_v6()) acceptor.set_option(asio::ip::v6_only(!address.is_unspecified()));
  // Only for the moment of the bind: afterwards no other program may share the port.
  const auto share = [&](bool on) {
    if (beside == nullptr) return;
    beside->set_option(SharedPort(on));
    acceptor.set_option(SharedPort(on));
  };
  share(true);
  error_code error;
  acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  share(false);
  if (error) throw boost::system::system_error(error);
  return acceptor;
}

}  // namespace

HttpServer::HttpServer(asio::io_context& context, const tcp::endpoint& endpoint, HttpHandler handler,
                       const HttpLimits& limits, HttpServer* beside)
    : acceptor_(listening(context, endpoint, beside == nullptr ? nullptr : &beside->acceptor_)),
      retry_(context),
      limits_(limits),
      handler_(std::move(handler)) {
  accept();
}

HttpServer::~HttpServer() {
  *here_ = false;
  for (const auto& each : std::exchange(connections_, {})) each->close();
}

tcp::endpoint HttpServer::endpoint() const { return acceptor_.local_endpoint(); }

void HttpServer::accept() {
  acceptor_.async_accept([this, here = here_](error_code error, tcp::socket socket) {
    if (*here) accepted(error, std::move(socket));
  });
}

void HttpServer::accepted(error_code error, tcp::socket socket) {
  if (!error) {
    const auto connection = std::make_shared<HttpConnection>(
        std::move(socket), limits_, handler_, [this, here = here_](const std::shared_ptr<HttpConnection>& closed) {
          if (*here) connections_.erase(closed);
        });
    if (make_room(connection->client())) {
      connections_.insert(connection);
      connection->start();
    }
    return accept();
  }
  if (const auto held_back = limit_.pass(); held_back >= 0) {
    log::write(log::LogLevel::warning, "admin connection not accepted",
               {{"error", error.message()}, {"held-back", log::count(held_back)}});
  }
  // Most likely there are no file descriptors left: retrying at once would be a busy loop.
  retry_.expires_after(100ms);
  retry_.async_wait([this, here = here_](error_code) {
    if (*here) accept();
  });
}

bool HttpServer::make_room(const asio::ip::address& client) {
  const auto of_client = std::ranges::count(connections_, client, &HttpConnection::client);
  const bool has_its_share = 2 * static_cast<std::size_t>(of_client) >= limits_.connections;
  if (connections_.size() < limits_.connections && !has_its_share) return true;
  const auto order = [](const HttpConnection& each) { return std::tuple(each.stage(), each.since()); };
  std::shared_ptr<HttpConnection> first;
  for (const auto& each : connections_) {
    if (each->stage() == HttpConnection::Stage::asking || (has_its_share && each->client() != client)) continue;
    if (!first || order(*each) < order(*first)) first = each;
  }
  if (first) first->close();
  return first != nullptr;
}

}  // namespace thence::admin
