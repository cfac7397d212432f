#include "config/problems.hpp"

#include "config/utf8.hpp"

#include <algorithm>

namespace thence::config {

namespace {

std::string lines(const Problems& problems) {
  std::string text;
  for (const auto& problem : problems.sorted()) {
    if (!text.empty()) text += '\n';
    text += problem.text();
  }
  return text;
}

}  // namespace

std::string printable(std::string_view text) { return utf8(text); }

std::string Problem::text() const {
  std::string text = printable(file);
  if (line > 0) text += ':' + std::to_string(line);
  if (line > 0 && column > 0) text += ':' + std::to_string(column);
  text += ": ";
  if (severity == Severity::warning) text += "warning: ";
  if (severity == Severity::note) text += "note: ";
  if (!key.empty()) text += printable(key) + ": ";
  return text + printable(message);
}

std::vector<Problem> Problems::sorted() const {
  auto all = found_;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

bool Problems::any(Severity least) const noexcept {
  return std::any_of(found_.begin(), found_.end(), [&](const Problem& each) { return each.severity >= least; });
}

Invalid::Invalid(const Problems& problems) : std::runtime_error(lines(problems)) {}

}  // namespace thence::config
