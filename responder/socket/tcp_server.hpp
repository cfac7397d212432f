#pragma once

#include "config/settings.hpp"
#include "responder/dispatch/serving.hpp"
#include "responder/socket/binding.hpp"
#include "responder/socket/connection_counts.hpp"
#include "responder/socket/tcp_connection.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thence {

/// A listening TCP socket.
struct BoundTcp {
  boost::asio::ip::tcp::acceptor acceptor;
  Binding binding;
  bool inherited = false;  ///< as in BoundUdp
};

/// Opens, binds and listens.
/// @param executor of the worker that will use it
/// @throws boost::system::system_error with the system's error
boost::asio::ip::tcp::acceptor open_tcp(const boost::asio::any_io_executor& executor, const Binding& binding,
                                        Share share);

/// One worker's TCP listeners and their connections, within limits. Where there is no room for one more, the least
/// useful one gives way: one that waits for a request, of the site that has most, and has waited longest. One that is
/// owed replies only gives way to a site that has fewer.
class TcpServer {
 public:
  /// @param dispatch, counters of the worker; must outlive the server
  TcpServer(const boost::asio::any_io_executor& executor, const config::TcpLimits& limits, Dispatch& dispatch,
            Counters& counters);
  ~TcpServer();
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  /// Starts accepting connections. @param serving nullptr: as other sockets on its port, until update() closes it
  void listen(BoundTcp bound, std::shared_ptr<const Serving> serving);

  /// Updates how each listener serves. A listener for which `serving_of` returns nothing accepts the waiting
  /// connections and is closed. Connections stay open.
  void update(const std::function<std::shared_ptr<const Serving>(const Binding&)>& serving_of);

  /// Sets the limits from now on.
  void bound_by(const config::TcpLimits& limits);

  /// Stops accepting, and closes each connection as soon as nothing is owed to its client.
  void drain();
  bool drained() const noexcept { return connections_.empty(); }

 private:
  struct Listener {
    BoundTcp bound;
    std::shared_ptr<const Serving> serving;
    boost::asio::steady_timer retry;
  };
  using Key = std::tuple<Endpoint, Endpoint, std::uint32_t>;

  static Key key(const Route& route) { return {route.peer, route.local, route.interface}; }

  void accept(const std::shared_ptr<Listener>& listener);
  void retire(const std::shared_ptr<Listener>& listener);
  void accept_what_waits(Listener& listener);
  void admit(const Listener& listener, boost::asio::ip::tcp::socket socket);
  bool make_room(const Route& route);
  void connect(const Listener& listener, boost::asio::ip::tcp::socket socket, const Route& route,
               TcpConnection::Front front);
  bool introduce(const Route& before, const Route& now);
  bool has_enough(const boost::asio::ip::address& client) const noexcept;
  void not_accepted(boost::system::error_code error);
  void refuse(const Route& route, Counter& cause, std::string_view words);
  void forget(const TcpConnection& connection);
  void watch();
  void sweep();
  void close_idle();

  boost::asio::any_io_executor executor_;
  config::TcpLimits limits_;
  boost::asio::steady_timer idle_timer_;
  std::vector<std::byte> scratch_;
  Counter* accepted_;
  Counter* accept_error_;
  Counter* refused_excluded_;
  Counter* refused_limit_;
  Counter* refused_client_limit_;
  Counter* refused_descriptors_;
  Counter* closed_idle_;
  Counter* closed_gave_way_;
  TcpConnection::Context context_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  bool draining_ = false;
  log::Limit limit_;
  std::map<Key, std::shared_ptr<TcpConnection>> connections_;
  ConnectionCounts counts_;
};

}  // namespace thence
