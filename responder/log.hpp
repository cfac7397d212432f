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

/// Writes what is pending and ends. Nothing may be written after it.
void stop();

bool enabled(LogLevel level) noexcept;

/// One line. @param message what happened, without values; the fields carry those
void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {});

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
