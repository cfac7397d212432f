#pragma once

#include "responder/dispatch.hpp"
#include "responder/snapshot.hpp"
#include "responder/tcp_server.hpp"
#include "responder/udp_socket.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace thence {

/// One thread with its own event loop, sockets, protocols and counters. It shares nothing with other workers but the
/// immutable snapshot.
class Worker {
 public:
  Worker(const Snapshot& snapshot, const InterfaceTable& interfaces);
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Opens the sockets of one listener. Only before start().
  /// @throws boost::system::system_error with what the system said
  void open_udp(const Binding& binding, const config::Listener& listener);
  void open_tcp(const Binding& binding, const config::Listener& listener);

  /// @throws std::system_error when no thread can be made
  void start();
  /// Ends the thread. The counters may be read directly from then on.
  void stop();

  /// Any thread: replaces the live interface table between two batches.
  void interfaces_changed(const InterfaceTable& interfaces);
  /// Any thread: makes the protocols anew between two batches. Counters, sockets and connections stay.
  /// @param snapshot must stay until `done`, and so must the one before
  /// @param done called on the worker's thread when it uses nothing of the services before any more
  void services_changed(const Snapshot& snapshot, std::function<void()> done);
  /// Any thread: calls back on the worker's thread with its counters.
  void read_counters(std::function<void(const Counters&)> read);

  /// The sums so far. Only before start() or after stop().
  Counters counters() const;

 private:
  struct UdpPort {
    UdpSocket socket;
    const Port* port;
  };
  struct Hosted {  ///< a protocol, with its counters beside it
    std::string_view name;
    Counters counters;
    std::vector<Endpoint> sockets;  ///< see Environment::sockets
    std::unique_ptr<Protocol> protocol;
  };

  Environment environment_of(Hosted& hosted, const config::AdvertisedAddresses& advertised);
  void tell_of_interfaces();
  Hosted& hosted(const std::string& name);
  const Port& port_of(const config::Listener& listener);
  void receive(UdpPort& udp);
  void serve(UdpPort& udp);
  static void expect(const UdpPort& udp, const Exchange& exchange) noexcept;
  void handle(UdpPort& udp, Exchange& exchange);
  /// For a reply that does not leave with the batch of its request: it is deferred, or its source was changed.
  void send(const Route& route, std::span<const std::byte> message);
  void not_answered(const Route& route, Drop cause);
  UdpSocket* socket_serving(const Endpoint& local) noexcept;

  boost::asio::io_context context_;
  InterfaceTable interfaces_;
  Counters counters_;
  UdpCounters udp_counters_;
  Dispatch dispatch_;
  UdpBatch batch_;
  std::deque<Hosted> hosted_;
  std::deque<Port> ports_;
  std::deque<UdpPort> udp_;
  TcpServer tcp_;
  std::thread thread_;
};

}  // namespace thence
