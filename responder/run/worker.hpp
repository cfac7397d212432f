#pragma once

#include "responder/configuration/snapshot.hpp"
#include "responder/dispatch/dispatch.hpp"
#include "responder/dispatch/traffic_table.hpp"
#include "responder/socket/listening_sockets.hpp"
#include "responder/socket/tcp_server.hpp"
#include "responder/socket/udp_socket.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thence {

/// What a worker knows of itself.
struct WorkerReport {
  Counters counters;
  TrafficTable traffic;
  std::vector<LatencyHistogram> latency;       ///< of each plugin
  std::vector<std::vector<Measure>> measures;  ///< of each plugin
};

/// One thread with its own event loop, sockets, protocols and counters. It shares nothing with other workers but the
/// immutable snapshot.
class Worker {
 public:
  Worker(const Snapshot& snapshot, const InterfaceTable& interfaces);
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// For sockets that are to be this worker's.
  boost::asio::any_io_executor executor() { return context_.get_executor(); }

  /// @throws std::system_error when no thread can be made
  void start();
  /// Ends the thread. The counters may be read directly from then on.
  void stop();

  /// Takes over the first sockets. Only before start().
  void open(SocketChange sockets, const std::vector<config::Listener>& listeners);

  /// Any thread: replaces the live interface table between two batches, and sockets that follow it.
  /// @param done called on the worker's thread afterwards
  void interfaces_changed(const InterfaceTable& interfaces, SocketChange sockets, std::function<void()> done);
  /// Any thread: makes the protocols anew between two batches, and changes the sockets and how they serve. Counters,
  /// sockets that are still wanted, and connections stay; what waits in a socket that is not wanted any more is
  /// answered first, by the protocols before.
  /// @param snapshot must stay until `done`, and so must the one before
  /// @param done called on the worker's thread when it uses nothing of the services before any more
  void snapshot_changed(const Snapshot& snapshot, SocketChange sockets, std::function<void()> done);
  /// Any thread: calls back on the worker's thread with what it has counted and its protocols tell.
  void report(std::function<void(WorkerReport)> read);
  /// Any thread: answers what is on its way, and accepts nothing more over TCP.
  /// @param done called on the worker's thread, once, when nothing is owed to any client
  void drain(std::function<void()> done);

  /// The sums so far. Only before start() or after stop().
  Counters counters() const;

 private:
  /// A protocol, with all that it and the worker need of each other. It stays where it is while the worker runs.
  class Hosted final : public Host {
   public:
    Hosted(Worker& worker, std::size_t number);

    boost::asio::any_io_executor executor() override { return worker_->executor(); }
    const InterfaceTable& interfaces() const noexcept override { return worker_->interfaces_; }
    Counters& counters() noexcept override { return counts; }
    const SourceTable& sources() const noexcept override { return own_sources; }
    const config::AdvertisedAddresses& advertised() const noexcept override { return advertised_addresses; }

    ServedProtocol served;
    Counters counts;
    SourceTable own_sources;
    config::AdvertisedAddresses advertised_addresses;
    std::unique_ptr<Protocol> protocol;
    LatencyHistogram latency;
    std::uint64_t answered_in_batch = 0;

   private:
    Worker* worker_;
  };

  void change(SocketChange sockets);
  void set_listeners(const std::vector<config::Listener>& listeners);
  void index_sockets();
  void tell_of_interfaces();
  Hosted& hosted(const std::string& name);
  void receive(const std::shared_ptr<UdpSocket>& udp);
  /// @return whether all that waited is answered; else the others shall have their turn
  bool answer_some(UdpSocket& udp);
  void answer_all_that_waits(UdpSocket& udp);
  void retire(const std::shared_ptr<UdpSocket>& udp);
  void close_retired(const std::shared_ptr<UdpSocket>& udp, std::chrono::steady_clock::time_point since);
  std::shared_ptr<const Serving> serving_of(const Binding& binding) const;
  void make_protocols(const Snapshot& snapshot);
  void watch_drain();
  static void expect(const UdpSocket& udp, Exchange& exchange) noexcept;
  void handle(UdpSocket& udp, Exchange& exchange);
  void add_latency(std::chrono::steady_clock::time_point received);
  void send_from_elsewhere(const Route& route, std::span<const std::byte> message);
  void not_answered(const Route& route, Drop cause);
  bool owes() const noexcept;
  void run();
  void failed(const std::exception& failure);

  // What a deferred reply still touches when it ends with the handlers of the context.
  InterfaceTable interfaces_;
  Counters counters_;
  UdpCounters udp_counters_;
  TrafficTable traffic_;
  Dispatch dispatch_;
  Counter& failures_;  // handlers that ended with an exception
  log::Limit limit_;
  DatagramIo datagrams_;
  boost::asio::io_context context_;
  std::deque<Hosted> hosted_;
  std::vector<std::shared_ptr<Serving>> servings_;  // one for each of the listeners
  std::map<Binding, std::size_t> listeners_;        // of the open sockets
  std::map<Binding, std::shared_ptr<UdpSocket>> udp_;
  SourceTable sources_;                              // of all of them, by their numbers
  std::vector<UdpSocket*> numbered_;                 // by these
  std::vector<std::shared_ptr<UdpSocket>> retired_;  // open for what they still owe
  TcpServer tcp_;
  std::function<void()> drained_;
  bool draining_ = false;
  boost::asio::steady_timer drain_timer_;
  std::thread thread_;
};

}  // namespace thence
