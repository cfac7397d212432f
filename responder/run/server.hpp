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

/// Why the server cannot start. what() has one line a reason.
class StartError : public std::runtime_error {
 public:
  using runtime_error::runtime_error;
};

/// The running server: the workers, and a control thread (the caller's) for signals and changes of the host.
class Server {
 public:
  /// Opens every socket of every worker; nothing is answered before start().
  /// @param file that the snapshot was loaded from
  /// @param inherited sockets that a service manager has bound
  /// @throws StartError with all that is in the way; nothing is left open then
  Server(Snapshot snapshot, Reloader::File file, InheritedSockets inherited);

  const Snapshot& snapshot() const noexcept { return reloader_.served(); }
  /// The interfaces as they are now.
  const InterfaceTable& interfaces() const noexcept { return monitor_.table(); }
  /// The families that the host can serve.
  HostFamilies families() const noexcept { return families_; }

  /// Begins to answer.
  /// @throws StartError when the system has no threads left
  void start();

  /// Waits for SIGTERM or SIGINT, answers what is on its way, and ends; a second one ends it at once. SIGHUP reads the
  /// configuration again, SIGUSR1 logs the counters, and so does the end.
  void run();

  /// Reads the configuration again. Only the thread that runs it, or before run().
  void reload() { reloader_.reload(); }
  /// Whether a reload has not ended. Destroying the server waits for that.
  bool reloading() const noexcept { return reloader_.busy(); }

 private:
  std::vector<boost::asio::any_io_executor> executors();
  void open_all();
  /// Brings the interfaces, and the sockets that follow them, to the workers, one change after the other: what comes
  /// meanwhile is one change more.
  void host_changed();
  void bring(ListeningSockets::Prepared prepared);
  std::vector<std::string> replace(const Snapshot& snapshot, std::function<void()> done);
  /// Logs what stands in the way of sockets, where that has changed.
  void tell_what_is_missing(const ListeningSockets::Prepared& prepared);
  void retry_what_is_missing();
  void retry();
  /// Logs what the protocols have to say about serving on these interfaces, where that has changed.
  void remark();
  void tell_the_manager();
  void wait_for_signal();
  void act(Signal signal);
  void end(Signal signal);
  /// Calls back with what all workers report, or with what some do after a while.
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
  std::size_t draining_ = 0;  // workers that still owe answers
  bool ending_ = false;
  bool bringing_ = false;  // the workers have not all taken the last change of the host
  bool bring_again_ = false;
  std::map<Binding, std::string> missing_;  // as it was logged last
  std::vector<std::string> remarks_;        // of each protocol: what was said last
  std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::chrono::steady_clock::time_point up_since_ = std::chrono::steady_clock::now();
  AdminListener admin_;
};

}  // namespace thence
