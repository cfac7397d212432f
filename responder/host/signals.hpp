#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace thence {

/// What a signal asks of the process. Each system has its own source file, signals_SYSTEM.cpp.
enum class Signal : std::uint8_t {
  interrupt,  ///< stop, sent by a user (Ctrl-C)
  terminate,  ///< stop, sent by a program
  reload,     ///< reload the configuration
  counters,   ///< log the counters
};

/// @return the system's name, such as "SIGTERM"
std::string_view name(Signal signal) noexcept;

/// Ignores the signal from now on.
void ignore(Signal signal) noexcept;

/// From now on, the signal is only recorded; see has_come().
void keep_in_mind(Signal signal) noexcept;
/// Whether a recorded signal has arrived.
bool has_come(Signal signal) noexcept;

/// Makes a write to a closed pipe or connection fail instead of ending the process.
void survive_closed_pipes() noexcept;

/// Waits for a set of signals, whose default action is disabled from construction on.
class Signals {
 public:
  Signals(boost::asio::io_context& context, std::initializer_list<Signal> awaited);

  /// Calls back once, with the next signal, which may have arrived before the call.
  template <typename Handler>
  void wait(Handler handler) {
    set_.async_wait([handler = std::move(handler)](boost::system::error_code error, int number) mutable {
      if (!error) handler(signal_of(number));
    });
  }

 private:
  static Signal signal_of(int number) noexcept;

  boost::asio::signal_set set_;
};

}  // namespace thence
