#include "config/problems.hpp"

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

std::string Problem::text() const {
  std::string text = file;
  if (line > 0) text += ':' + std::to_string(line);
  if (line > 0 && column > 0) text += ':' + std::to_string(column);
  text += ": ";
  if (!key.empty()) text += key + ": ";
  return text + message;
}

std::vector<Problem> Problems::sorted() const {
  auto all = found_;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Invalid::Invalid(const Problems& problems) : std::runtime_error(lines(problems)) {}

}  // namespace thence::config
