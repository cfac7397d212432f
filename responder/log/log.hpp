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

/// The log: lines on standard error, either as text or as one JSON object each. Writing never blocks on the log's
/// reader: if the reader falls behind, the oldest unwritten lines are discarded.
namespace thence::log {

using config::LogLevel;

/// A value that is already JSON, such as a list.
struct Json {
  std::string text;
};

/// A named value. Numbers stay numbers in JSON; an empty value is omitted.
struct Field {
  Field(std::string_view key, std::string_view text) : name(key), value(std::string(text)) {}
  Field(std::string_view key, std::integral auto number) : name(key), value(static_cast<std::int64_t>(number)) {}
  Field(std::string_view key, std::optional<std::int64_t> number) : name(key) {
    if (number) value = *number;
  }
  Field(std::string_view key, Json json) : name(key), value(std::move(json)) {}

  std::string_view name;  ///< must outlive the field; usually a literal
  std::variant<std::string, std::int64_t, Json> value;
};

/// Starts the log. Call again to change the settings; they apply to lines written from then on.
void start(const config::Log& settings);

/// Flushes pending lines and stops; nothing may be written afterwards.
/// @param exit_status with which the process exits if the last lines cannot be written within two seconds
void stop(int exit_status);

bool enabled(LogLevel level) noexcept;

/// Writes one line.
/// @param message what happened, without values; those go into the fields
/// @param more fields that follow the others
void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {},
           std::span<const Field> more = {});

/// A field value that is omitted when it is 0.
inline std::optional<std::int64_t> count(std::int64_t value) {
  return value == 0 ? std::nullopt : std::optional(value);
}

/// Lets one line per second through, for events that input can trigger at will.
class Limit {
 public:
  /// @return how many lines were suppressed since the last one let through; negative if this one is suppressed
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
