#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thence {

/// Checks periodically that all workers still respond.
class Heartbeat {
 public:
  /// @param context must run on the thread that calls the member functions
  /// @param workers running or not yet started
  /// @param beat called at each interval, after live() may have changed
  Heartbeat(boost::asio::io_context& context, std::vector<boost::asio::any_io_executor> workers,
            std::chrono::microseconds interval, std::function<void()> beat);

  void start() { wait(); }

  /// Whether every worker has responded recently.
  bool live() const noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  struct Worker {
    boost::asio::any_io_executor executor;
    Clock::time_point asked;
    bool waiting = false;  ///< has not responded yet
  };

  void wait();
  void ask(Worker& worker);

  boost::asio::io_context& context_;
  std::vector<Worker> workers_;
  std::chrono::microseconds interval_;
  std::function<void()> beat_;
  boost::asio::steady_timer timer_;
};

}  // namespace thence
