#pragma once

#include "responder/configuration/snapshot.hpp"
#include "responder/dispatch/status.hpp"
#include "responder/host/interface_monitor.hpp"
#include "responder/host/signals.hpp"
#include "responder/log/log.hpp"
#include "responder/run/admin_listener.hpp"
#include "responder/run/heartbeat.hpp"
#include "responder/run/reloader.hpp"
#include "responder/run/worker.hpp"
#include "responder/socket/listening_sockets.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thence {

/// Why the server cannot start; what() has one reason per line.
class StartError : public std::runtime_error {
 public:
  using runtime_error::runtime_error;
};

/// The running server: the workers, and a control thread (the caller's) for signals and host changes.
class Server {
 public:
  /// Opens every socket of every worker; nothing is answered before start().
  /// @param file from which the snapshot was loaded
  /// @param inherited sockets bound by a service manager
  /// @throws StartError with everything that prevents the start; nothing is left open
  Server(Snapshot snapshot, Reloader::File file, InheritedSockets inherited);

  const Snapshot& snapshot() const noexcept { return reloader_.served(); }
  /// The current interfaces.
  const InterfaceTable& interfaces() const noexcept { return monitor_.table(); }
  /// The families that the host can serve.
  HostFamilies families() const noexcept { return families_; }

  /// Starts answering.
  /// @throws StartError if the system cannot create a thread
  void start();

  /// Runs until SIGTERM or SIGINT, then answers pending requests and returns; a second such signal stops it at once.
  /// SIGHUP reloads the configuration. SIGUSR1 logs the counters; so does stopping.
  void run();

  /// Reloads the configuration. Call only before run(), or on the thread that runs it.
  void reload() { reloader_.reload(); }

 private:
  std::vector<boost::asio::any_io_executor> executors();
  void open_all();
  /// Passes the new interfaces, and any sockets opened or closed for them, to the workers, one change at a time:
  /// changes that arrive in the meantime are combined into the next.
  void host_changed();
  void bring(ListeningSockets::Prepared prepared);
  std::vector<std::string> replace(const Snapshot& snapshot, std::function<void()> done);
  /// Logs sockets that cannot be opened, if they have changed.
  void tell_what_is_missing(const ListeningSockets::Prepared& prepared);
  void retry_what_is_missing();
  void retry();
  /// Logs the protocols' remarks about serving on these interfaces, if they have changed.
  void remark();
  void tell_the_manager();
  void wait_for_signal();
  void act(Signal signal);
  void end(Signal signal);
  /// Calls back with the reports of all workers, or after a timeout, of those that responded.
  void gather(std::function<void(std::vector<WorkerReport>)> gathered);
  void tell_status(std::function<void(const Status&)> tell);
  void log_counters();

  HostFamilies families_;
  boost::asio::io_context context_;
  Signals signals_;
  InterfaceMonitor monitor_;
  log::Limit limit_;
  Reloader reloader_;
  std::deque<Worker> workers_;
  ListeningSockets sockets_;
  Heartbeat heartbeat_;
  boost::asio::steady_timer retry_;
  boost::asio::steady_timer drain_;
  std::size_t draining_ = 0;  // workers that still owe replies
  bool ending_ = false;
  bool bringing_ = false;  // not all workers have applied the last host change
  bool bring_again_ = false;
  std::map<Binding, std::string> missing_;  // as last logged
  std::vector<std::string> remarks_;        // the last one logged for each protocol
  std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point up_since_ = std::chrono::steady_clock::now();
  AdminListener admin_;
};

}  // namespace thence
