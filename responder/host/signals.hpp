#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

namespace thence {

/// What a process is asked by a signal. Each system has a source file of its own, signals_SYSTEM.cpp.
enum class Signal : std::uint8_t {
  interrupt,  ///< end, says a person (Ctrl-C)
  terminate,  ///< end, says a program
  reload,     ///< read the configuration again
  counters,   ///< log the counters
};

/// @return as the system calls it, such as "SIGTERM"
std::string_view name(Signal signal) noexcept;

/// From now on the signal does nothing.
void ignore(Signal signal) noexcept;

/// From now on the signal is kept in mind, and does nothing else.
void keep_in_mind(Signal signal) noexcept;
/// Whether one that is kept in mind has come.
bool has_come(Signal signal) noexcept;

/// Writing to a pipe or a connection that nobody reads any more fails, and does not end the process.
void survive_closed_pipes() noexcept;

/// Waits for some signals, which do nothing else from its construction on.
class Signals {
 public:
  Signals(boost::asio::io_context& context, std::initializer_list<Signal> awaited);

  /// Calls back with the next one, once. It may have come before the call.
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
