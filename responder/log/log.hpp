#pragma once

#include "config/settings.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// The log: lines on the standard error, as text or as one JSON object each. Writing never waits for the reader of the
/// log: when it falls behind, the oldest lines that were not written yet are given up.
namespace thence::log {

using config::LogLevel;

/// A value that is JSON already, such as a list.
struct Json {
  std::string text;
};

/// A value and its name. JSON has numbers as numbers; what is empty is left out.
struct Field {
  Field(std::string_view key, std::string_view text) : name(key), value(std::string(text)) {}
  Field(std::string_view key, std::integral auto number) : name(key), value(static_cast<std::int64_t>(number)) {}
  Field(std::string_view key, std::optional<std::int64_t> number) : name(key) {
    if (number) value = *number;
  }
  Field(std::string_view key, Json json) : name(key), value(std::move(json)) {}

  std::string_view name;  ///< must outlive the field; a literal, most often
  std::variant<std::string, std::int64_t, Json> value;
};

/// Begins to write; to be called once more to change the settings, for the lines that are written from then on.
void start(const config::Log& settings);

/// Writes what is pending and ends. Nothing may be written after it. When nobody takes the last lines for two seconds,
/// the process ends with that status.
void stop(int exit_status);

bool enabled(LogLevel level) noexcept;

/// One line. @param message what happened, without values; the fields carry those
/// @param more fields, which follow the others
void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {},
           std::span<const Field> more = {});

/// The value of a field that is left out when it is 0.
inline std::optional<std::int64_t> count(std::int64_t value) {
  return value == 0 ? std::nullopt : std::optional(value);
}

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
