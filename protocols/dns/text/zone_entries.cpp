#include "protocols/dns/text/zone_entries.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <unistd.h>

namespace thence::dns {

namespace {

constexpr std::size_t piece_size = std::size_t{64} << 10U;

/// Characters that are significant for splitting into entries.
constexpr auto special = [] {
  std::array<bool, 256> letters{};
  for (const char letter : std::string_view("\n\"();\\\r")) letters[static_cast<unsigned char>(letter)] = true;
  return letters;
}();

/// @return position of the first special character; the size of the text if there is none
std::size_t find_special(std::string_view text, std::size_t from) {
  while (from < text.size() && !special[static_cast<unsigned char>(text[from])]) ++from;
  return from;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t") == std::string_view::npos; }

}  // namespace

ZoneEntries::ZoneEntries(std::string_view text) : rest_(text) { skip_byte_order_mark(); }

ZoneEntries::ZoneEntries(int descriptor, std::stop_token stop)
    : descriptor_(descriptor), stop_(std::move(stop)), piece_(piece_size) {
  read_more();
  skip_byte_order_mark();
}

ZoneEntries::Next ZoneEntries::next(ZoneEntry& entry) {
  while (!rest_.empty() || read_more()) {
    entry.line = line_;
    since_ = 0;
    const Next result = take(entry);
    if (error_ != 0) break;
    if (result != Next::entry || !is_blank(entry.text)) return result;
  }
  entry.line = line_;
  return error_ != 0 ? Next::unreadable : Next::end;
}

/// Most lines need no change and are not copied.
ZoneEntries::Next ZoneEntries::take(ZoneEntry& entry) {
  std::size_t end = find_special(rest_, 0);
  while (end == rest_.size() && read_more()) end = find_special(rest_, end);
  const std::size_t line_end = end + (rest_.substr(end).starts_with("\r\n") ? 1 : 0);
  if (line_end < rest_.size() && rest_[line_end] == '\n') {
    entry.text = rest_.substr(0, end);
    rest_.remove_prefix(line_end + 1);
    ++line_;
    return Next::entry;
  }
  // A parenthesis is not a blank, so the owner follows it rather than coming from the previous entry.
  const bool has_owner = rest_.starts_with('(');
  const Next result = take_joined();
  entry.text = joined_;
  if (has_owner) entry.text.remove_prefix(std::min(entry.text.find_first_not_of(" \t"), entry.text.size()));
  return result;
}

ZoneEntries::Next ZoneEntries::take_joined() {
  joined_.clear();
  too_long_ = false;
  const auto whole = [this] { return too_long_ ? Next::too_long : Next::entry; };
  std::size_t depth = 0;
  bool quoted = false;
  while (!rest_.empty() || read_more()) {
    take_joined(find_special(rest_, 0));
    if (rest_.empty()) continue;
    const char letter = rest_.front();
    if (!quoted && letter == ';') {
      // The line end belongs to the entry.
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      while (rest_.empty() && read_more()) rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      continue;
    }
    rest_.remove_prefix(1);
    switch (letter) {
      case '\n':
        ++line_;
        if (quoted) return Next::unclosed_quote;
        if (depth == 0) return whole();
        join(" ");
        break;
      case '\r':
        // Any other carriage return is left for the reader of the entry to judge.
        if ((!rest_.empty() || read_more()) && rest_.front() != '\n') join("\r");
        break;
      case '\\':
        join("\\");
        if ((!rest_.empty() || read_more()) && rest_.front() != '\n') take_joined(1);
        break;
      case '"':
        quoted = !quoted;
        join("\"");
        break;
      default:
        if (quoted) {
          join({&letter, 1});
          break;
        }
        if (letter == ')' && depth == 0) {
          skip_line();
          return Next::unopened_parenthesis;
        }
        letter == '(' ? ++depth : --depth;
        join(" ");
    }
  }
  if (quoted) return Next::unclosed_quote;
  return depth == 0 ? whole() : Next::unclosed_parenthesis;
}

void ZoneEntries::join(std::string_view text) {
  // An entry that is too long is still read to its end, where the next one begins.
  too_long_ = too_long_ || joined_.size() + text.size() > longest;
  if (!too_long_) joined_ += text;
}

void ZoneEntries::take_joined(std::size_t size) {
  join(rest_.substr(0, size));
  rest_.remove_prefix(size);
}

void ZoneEntries::skip_line() {
  do {
    const std::size_t end = rest_.find('\n');
    if (end != std::string_view::npos) {
      rest_.remove_prefix(end + 1);
      ++line_;
      return;
    }
    rest_ = {};
  } while (read_more());
}

void ZoneEntries::skip_byte_order_mark() {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  while (rest_.size() < mark.size() && read_more()) {
  }
  if (rest_.starts_with(mark)) rest_.remove_prefix(mark.size());
}

/// Moves the unread rest to the start of the piece, and reads more after it.
/// @return whether there is more: false at the end of the file, or if the piece is full
bool ZoneEntries::read_more() {
  if (descriptor_ == no_file) return false;
  if (since_ > hopeless) error_ = EFBIG;
  if (stop_.stop_requested()) error_ = ECANCELED;
  if (error_ != 0) return false;
  std::ranges::copy(rest_, piece_.begin());
  const std::size_t kept = rest_.size();
  ssize_t count = 0;
  do {
    count = ::read(descriptor_, piece_.data() + kept, piece_.size() - kept);
  } while (count < 0 && errno == EINTR);
  if (count < 0) error_ = errno;
  rest_ = {piece_.data(), kept + static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  since_ += rest_.size() - kept;
  return count > 0;
}

}  // namespace thence::dns
