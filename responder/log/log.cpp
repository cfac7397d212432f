#include "responder/log/log.hpp"

#include "responder/log/deadline.hpp"

#include <algorithm>
#include <atomic>
#include <memory>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace thence::log {

namespace {

constexpr std::size_t pending_lines = 8192;

std::atomic<bool> as_json{false};

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

std::string json_text(std::string_view text) {
  return boost::json::serialize(boost::json::string(boost::json::string_view(text.data(), text.size())));
}

std::string text_line(std::string_view message, std::initializer_list<Field> fields) {
  std::string line(message);
  for (const auto& [name, value] : fields) {
    if (value.empty()) continue;
    const bool plain = std::none_of(value.begin(), value.end(),
                                    [](unsigned char c) { return c <= ' ' || c == '"' || c == '\\' || c == 0x7f; });
    (line += ' ').append(name).append("=").append(plain ? value : json_text(value));
  }
  return line;
}

std::string json_line(std::string_view message, std::initializer_list<Field> fields) {
  std::string line = "\"message\":" + json_text(message);
  for (const auto& [name, value] : fields) {
    if (!value.empty()) (line += ',').append(json_text(name)).append(":").append(json_text(value));
  }
  return line;
}

}  // namespace

void start(const config::Log& settings) {
  if (!spdlog::thread_pool()) {
    spdlog::init_thread_pool(pending_lines, 1);
    spdlog::set_default_logger(
        std::make_shared<spdlog::async_logger>("thence", std::make_shared<spdlog::sinks::stderr_sink_mt>(),
                                               spdlog::thread_pool(), spdlog::async_overflow_policy::overrun_oldest));
  }
  as_json = settings.format == config::LogFormat::json;
  spdlog::set_pattern(as_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})" : "%Y-%m-%d %H:%M:%S.%e %l: %v");
  spdlog::set_level(level_of(settings.level));
  spdlog::flush_on(spdlog::level::debug);
}

void stop(int exit_status) {
  const Deadline deadline(std::chrono::seconds(2), exit_status);
  spdlog::shutdown();
}

bool enabled(LogLevel level) noexcept { return spdlog::default_logger_raw()->should_log(level_of(level)); }

void write(LogLevel level, std::string_view message, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  const auto line = as_json ? json_line(message, fields) : text_line(message, fields);
  spdlog::default_logger_raw()->log(level_of(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace thence::log
