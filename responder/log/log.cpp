#include "responder/log/log.hpp"

#include "config/utf8.hpp"
#include "responder/log/deadline.hpp"

#include <atomic>
#include <memory>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace thence::log {

namespace {

using config::LogFormat;

constexpr std::size_t pending_lines = 8192;

std::atomic<LogFormat> format{LogFormat::text};

spdlog::level::level_enum level_of(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

std::string json_string(std::string_view text) {
  return boost::json::serialize(boost::json::string(boost::json::string_view(text.data(), text.size())));
}

/// Quoted if needed, for `name=value`.
std::string plain(const std::string& text) {
  const auto shown = config::utf8(text);
  return shown.find_first_of(" \"\\") == std::string::npos ? shown : json_string(shown);
}

/// @param of_text formats a value that is not empty
/// @return an empty string for a field to be omitted
template <typename OfText>
std::string value_of(const Field& field, OfText of_text) {
  if (const auto* const number = std::get_if<std::int64_t>(&field.value)) return std::to_string(*number);
  if (const auto* const json = std::get_if<Json>(&field.value)) return json->text;
  const auto& text = std::get<std::string>(field.value);
  return text.empty() ? text : of_text(text);
}

void add_as_text(std::string& line, std::span<const Field> fields) {
  for (const auto& each : fields) {
    const auto value = value_of(each, plain);
    if (!value.empty()) (line += ' ').append(each.name).append("=").append(value);
  }
}

void add_as_json(std::string& line, std::span<const Field> fields) {
  for (const auto& each : fields) {
    const auto value = value_of(each, [](const std::string& text) { return json_string(config::utf8(text)); });
    if (!value.empty()) (line += ',').append(json_string(each.name)).append(":").append(value);
  }
}

/// Formats the line at once, so that a change of settings does not affect lines still in the queue.
spdlog::memory_buf_t rendered(LogLevel level, std::string_view message, std::span<const Field> fields,
                              std::span<const Field> more) {
  thread_local spdlog::pattern_formatter text("%Y-%m-%d %H:%M:%S.%e %l: %v", spdlog::pattern_time_type::local, "");
  thread_local spdlog::pattern_formatter json(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})",
                                              spdlog::pattern_time_type::local, "");
  const bool as_json = format == LogFormat::json;
  std::string line = as_json ? "\"message\":" + json_string(config::utf8(message)) : config::utf8(message);
  for (const auto part : {fields, more}) as_json ? add_as_json(line, part) : add_as_text(line, part);
  spdlog::memory_buf_t whole;
  (as_json ? json : text).format(spdlog::details::log_msg({}, level_of(level), line), whole);
  return whole;
}

}  // namespace

void start(const config::Log& settings) {
  if (!spdlog::thread_pool()) {
    spdlog::init_thread_pool(pending_lines, 1);
    spdlog::set_default_logger(
        std::make_shared<spdlog::async_logger>("thence", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                               spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest));
    spdlog::set_pattern("%v");
    spdlog::flush_on(spdlog::level::debug);
  }
  format = settings.format;
  spdlog::set_level(level_of(settings.level));
}

void stop(int exit_status) {
  const Deadline deadline(std::chrono::seconds(2), exit_status);
  spdlog::shutdown();
}

bool enabled(LogLevel level) noexcept { return spdlog::default_logger_raw()->should_log(level_of(level)); }

void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields, std::span<const Field> more) {
  if (!enabled(level)) return;
  const auto line = rendered(level, message, {fields.begin(), fields.size()}, more);
  spdlog::default_logger_raw()->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace thence::log
