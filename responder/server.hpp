#pragma once

#include "responder/interface_monitor.hpp"
#include "responder/log.hpp"
#include "responder/reloader.hpp"
#include "responder/snapshot.hpp"
#include "responder/worker.hpp"

#include <deque>
#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

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
  /// @throws StartError with all that is in the way; nothing is left open then
  Server(Snapshot snapshot, Reloader::File file);

  const Snapshot& snapshot() const noexcept { return reloader_.served(); }
  /// The interfaces as they are now.
  const InterfaceTable& interfaces() const noexcept { return monitor_.table(); }
  /// The families that the host can serve.
  HostFamilies families() const noexcept { return families_; }

  /// Begins to answer.
  /// @throws StartError when the system has no threads left
  void start();

  /// Waits for SIGTERM or SIGINT, and ends. SIGHUP reads the configuration again, SIGUSR1 logs the counters, and so
  /// does the end.
  void run();

  /// Reads the configuration again. Only the thread that runs it, or before run().
  void reload() { reloader_.reload(); }
  /// Whether a reload has not ended. Destroying the server waits for that.
  bool reloading() const noexcept { return reloader_.busy(); }

 private:
  void open(const config::Listener& listener, std::string& reasons);
  /// Logs what the protocols have to say about serving on these interfaces, where that has changed.
  void remark();
  void wait_for_signal();
  void act(int signal);
  void replace(const Snapshot& snapshot, std::function<void()> done);
  void log_counters();

  HostFamilies families_;
  boost::asio::io_context context_;
  boost::asio::signal_set signals_;
  InterfaceMonitor monitor_;
  log::Limit limit_;
  Reloader reloader_;
  std::deque<Worker> workers_;
  std::vector<std::string> remarks_;  // of each protocol: what was said last
};

}  // namespace thence
