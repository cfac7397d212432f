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

/// What a worker reports about itself.
struct WorkerReport {
  Counters counters;
  TrafficTable traffic;
  std::vector<LatencyHistogram> latency;       ///< by plugin
  std::vector<std::vector<Measure>> measures;  ///< by plugin
};

/// One thread with its own event loop, sockets, protocols and counters. Workers share only the immutable snapshot.
class Worker {
 public:
  Worker(const Snapshot& snapshot, const InterfaceTable& interfaces);
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// The executor for this worker's sockets.
  boost::asio::any_io_executor executor() { return context_.get_executor(); }

  /// @throws std::system_error if the thread cannot be created
  void start();
  /// Ends the thread. From then on the counters may be read directly.
  void stop();

  /// Takes over the first sockets. Call only before start().
  void open(SocketChange sockets, const std::vector<config::Listener>& listeners);

  /// Any thread: replaces the interface table, and the sockets that depend on it, between two batches.
  /// @param done called on the worker's thread afterwards, even if memory ran out on the way
  void interfaces_changed(const InterfaceTable& interfaces, SocketChange sockets, std::function<void()> done);
  /// Any thread: replaces the protocols between two batches, and changes the sockets and how they serve. Counters,
  /// connections and sockets that are still wanted stay. Requests waiting in a socket that is no longer wanted are
  /// answered first, by the old protocols.
  /// @param snapshot must stay alive until `done`, as must the old one
  /// @param done called on the worker's thread once it no longer needs the old snapshot, even if memory ran out on the
  /// way
  void snapshot_changed(const Snapshot& snapshot, SocketChange sockets, std::function<void()> done);
  /// Any thread: calls back on the worker's thread with its counts and its protocols' measures.
  void report(std::function<void(WorkerReport)> read);
  /// Any thread: answers pending requests and accepts no more TCP connections.
  /// @param done called once, on the worker's thread, when no client is owed a reply
  void drain(std::function<void()> done);

  /// The totals so far. Call only before start() or after stop().
  Counters counters() const;

 private:
  /// A protocol and everything that it and the worker need from each other. Its address is stable while the worker
  /// runs.
  class Hosted final : public Host {
   public:
    Hosted(Worker& worker, std::size_t number);

    boost::asio::any_io_executor executor() override { return worker_->executor(); }
    const InterfaceTable& interfaces() const noexcept override { return worker_->interfaces_; }
    Counters& counters() noexcept override { return counts; }
    const SourceTable& sources() const noexcept override { return own_sources; }
    const CoveredAddresses& covered() const noexcept override { return covered_addresses; }
    const config::AdvertisedAddresses& advertised() const noexcept override { return advertised_addresses; }

    ServedProtocol served;
    Counters counts;
    SourceTable own_sources;
    CoveredAddresses covered_addresses;
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
  /// @return whether everything waiting was answered; if not, it is the other sockets' turn
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
  template <typename Change>
  void carry_out(std::function<void()> done, Change change);
  void run();
  void failed(const std::exception& failure) noexcept;

  // Declared before the context, because deferred replies destroyed with its handlers still use them.
  InterfaceTable interfaces_;
  Counters counters_;
  UdpCounters udp_counters_;
  TrafficTable traffic_;
  Dispatch dispatch_;
  Counter& failures_;  // handlers that threw an exception
  log::Limit limit_;
  DatagramIo datagrams_;
  boost::asio::io_context context_;
  std::deque<Hosted> hosted_;
  std::vector<std::shared_ptr<Serving>> servings_;  // one per listener
  std::map<Binding, std::size_t> listeners_;        // of each open socket
  std::map<Binding, std::shared_ptr<UdpSocket>> udp_;
  SourceTable sources_;                               // of all open sockets, by number
  std::vector<std::shared_ptr<UdpSocket>> numbered_;  // by those numbers
  std::vector<std::shared_ptr<UdpSocket>> retired_;   // kept open for the replies they still owe
  TcpServer tcp_;
  std::function<void()> drained_;
  bool draining_ = false;
  boost::asio::steady_timer drain_timer_;
  std::thread thread_;
};

}  // namespace thence
