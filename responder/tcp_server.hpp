#pragma once

#include "config/settings.hpp"
#include "responder/binding.hpp"
#include "responder/tcp_connection.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thence {

/// The TCP listeners of one worker and their connections, within bounds.
class TcpServer {
 public:
  /// @param dispatch and counters of the worker; must outlive the server
  TcpServer(const boost::asio::any_io_executor& executor, const config::TcpLimits& limits, Dispatch& dispatch,
            Counters& counters);

  /// Opens, binds and listens. Connections are accepted from start() on.
  /// @param port must outlive the server
  /// @throws boost::system::system_error with what the system said
  void listen(const Binding& binding, const Port& port);

  void start();

  /// Sends a deferred reply on the connection of its route; one that is closed by now is counted.
  void send(const Route& route, std::span<const std::byte> message);

 private:
  struct Listener {
    boost::asio::ip::tcp::acceptor acceptor;
    const Port* port;
    boost::asio::steady_timer retry;
  };
  using Key = std::tuple<Endpoint, Endpoint, std::uint32_t>;

  static Key key(const Route& route) { return {route.peer, route.local, route.interface}; }

  void accept(Listener& listener);
  void admit(Listener& listener, boost::asio::ip::tcp::socket socket);
  void not_accepted(boost::system::error_code error);
  void refuse(const Route& route, Counter& cause, std::string_view words);
  void forget(const TcpConnection& connection);
  void watch();
  void sweep();

  boost::asio::any_io_executor executor_;
  config::TcpLimits limits_;
  boost::asio::steady_timer idle_timer_;
  std::vector<std::byte> scratch_;
  Counter* accepted_;
  Counter* accept_error_;
  Counter* refused_limit_;
  Counter* refused_client_limit_;
  Counter* closed_idle_;
  TcpConnection::Environment environment_;
  std::deque<Listener> listeners_;
  log::Limit limit_;
  std::map<Key, std::shared_ptr<TcpConnection>> connections_;
  std::map<boost::asio::ip::address, std::size_t> per_client_;
};

}  // namespace thence
