#include "config/problems.hpp"

#include "config/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

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

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  // Neither part may begin or end within a character.
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80; };
  auto head = most / 2;
  auto tail = text.size() - most / 3;
  for (int i = 0; i < 3 && continues(head); ++i) --head;
  for (int i = 0; i < 3 && continues(tail); ++i) ++tail;
  return text.substr(0, head) + " [" + std::to_string(tail - head) + " octets] " + text.substr(tail);
}

void Problems::add(Problem problem) {
  constexpr std::size_t longest_path = 4096;
  if (++added_.at(static_cast<std::size_t>(problem.severity)) > most) return;
  problem.file = shortened(std::move(problem.file), longest_path);
  problem.key = shortened(std::move(problem.key));
  problem.message = shortened(std::move(problem.message));
  found_.push_back(std::move(problem));
}

std::size_t Problems::count() const noexcept { return std::accumulate(added_.begin(), added_.end(), std::size_t{0}); }

std::vector<Problem> Problems::sorted() const {
  auto all = found_;
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (const auto severity : {Severity::note, Severity::warning, Severity::partial, Severity::fatal}) {
    const auto added = added_.at(static_cast<std::size_t>(severity));
    if (added <= most) continue;
    const auto like = std::ranges::find(found_, severity, &Problem::severity);
    all.push_back({like->file, 0, 0, "", std::to_string(added - most) + " more like these are left out", severity});
  }
  return all;
}

bool Problems::any(Severity least) const noexcept {
  const auto from = added_.begin() + static_cast<std::ptrdiff_t>(least);
  return std::any_of(from, added_.end(), [](std::size_t each) { return each > 0; });
}

Invalid::Invalid(const Problems& problems) : std::runtime_error(lines(problems)) {}

}  // namespace thence::config
