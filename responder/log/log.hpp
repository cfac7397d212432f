#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

/// The log: lines on the standard error, as text or as one JSON object each. Writing never waits for the reader of the
/// log: when it falls behind, the oldest lines that were not written yet are given up.
namespace thence::log {

using config::LogLevel;
using Field = std::pair<std::string_view, std::string>;

/// Begins to write; to be called once more to change the settings.
void start(const config::Log& settings);

/// Writes what is pending and ends. Nothing may be written after it. When nobody takes the last lines for two seconds,
/// the process ends with that status.
void stop(int exit_status);

bool enabled(LogLevel level) noexcept;

/// One line. @param message what happened, without values; the fields carry those, and an empty one is left out
void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {});

/// The value of a field that is left out when it is 0.
inline std::string count(std::int64_t value) { return value == 0 ? std::string() : std::to_string(value); }

/// Lets one line a second pass, for causes that input can repeat at will.
class Limit {
 public:
  /// @return how many were held back since the last one that passed, or a negative number to hold this one back
  std::int64_t pass() noexcept {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) {
      ++held_back_;
      return -1;
    }
    next_ = now + std::chrono::seconds(1);
    return std::exchange(held_back_, 0);
  }

 private:
  std::chrono::steady_clock::time_point next_;
  std::int64_t held_back_ = 0;
};

}  // namespace thence::log
