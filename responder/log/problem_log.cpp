#include "responder/log/problem_log.hpp"

#include "responder/log/log.hpp"

namespace thence::log {

namespace {

LogLevel level_of(config::Severity severity) noexcept {
  switch (severity) {
    case config::Severity::note:
      return LogLevel::info;
    case config::Severity::warning:
      return LogLevel::warning;
    case config::Severity::partial:
    case config::Severity::fatal:
      break;
  }
  return LogLevel::error;
}

}  // namespace

void write(const std::vector<config::Problem>& problems) {
  for (const auto& problem : problems) write(level_of(problem.severity), problem.text());
}

void write_lines(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    write(LogLevel::error, text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

}  // namespace thence::log
