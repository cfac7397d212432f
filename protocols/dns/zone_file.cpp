#include "protocols/dns/zone_file.hpp"

#include <algorithm>
#include <cctype>

namespace thence::dns {

namespace {

/// An entry of a zone file as one line, without comments and parentheses.
struct Entry {
  std::uint32_t line = 0;  ///< where it starts
  std::string_view text;
};

/// Splits the text of a zone file into entries.
class Entries {
 public:
  explicit Entries(std::string_view text) : rest_(text) {}

  enum class Next : std::uint8_t { entry, end, unclosed_parenthesis, unopened_parenthesis, unclosed_quote };

  /// Reads up to the end of a line that is not within parentheses. A mistake is about this entry alone.
  Next next(Entry& entry) {
    while (!rest_.empty()) {
      entry.line = line_;
      const Next result = take(entry);
      if (result != Next::entry || entry.text.find_first_not_of(" \t") != std::string_view::npos) return result;
    }
    return Next::end;
  }

 private:
  /// Most lines need no change and stay where they are.
  Next take(Entry& entry) {
    const std::size_t end = rest_.find_first_of("\n\"();\\\r");
    if (end != std::string_view::npos && rest_[end] == '\n') {
      entry.text = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      ++line_;
      return Next::entry;
    }
    const Next result = join();
    entry.text = joined_;
    return result;
  }

  Next join() {
    joined_.clear();
    int depth = 0;
    bool quoted = false;
    bool comment = false;
    while (!rest_.empty()) {
      const char letter = rest_.front();
      rest_.remove_prefix(1);
      if (letter == '\n') {
        ++line_;
        comment = false;
        if (quoted) return Next::unclosed_quote;
        if (depth == 0) return Next::entry;
        joined_ += ' ';
      } else if (comment || letter == '\r') {
        continue;
      } else if (letter == '\\' && !rest_.empty() && rest_.front() != '\n') {
        joined_ += {letter, rest_.front()};
        rest_.remove_prefix(1);
      } else if (!quoted && letter == ';') {
        comment = true;
      } else if (!quoted && letter == '(') {
        ++depth;
        joined_ += ' ';
      } else if (!quoted && letter == ')') {
        if (depth-- == 0) {
          skip_line();
          return Next::unopened_parenthesis;
        }
        joined_ += ' ';
      } else {
        if (letter == '"') quoted = !quoted;
        joined_ += letter;
      }
    }
    if (quoted) return Next::unclosed_quote;
    return depth == 0 ? Next::entry : Next::unclosed_parenthesis;
  }

  void skip_line() {
    const std::size_t end = rest_.find('\n');
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    ++line_;
  }

  std::string_view rest_;
  std::uint32_t line_ = 1;
  std::string joined_;
};

/// @return nothing, or what is wrong
std::optional<std::string> read_directive(std::string_view line, RecordText& records) {
  const auto directive = take_word(line);
  const auto argument = take_word(line);
  std::string name(directive);
  std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::toupper(letter); });
  if (name == "$ORIGIN" || name == "$TTL") {
    if (!line.empty()) return "more than one word after " + name + "; allowed: one";
    if (name == "$ORIGIN") {
      const auto origin = argument.empty() ? std::nullopt : Name::parse(argument, records.origin());
      if (!origin) return "no domain name after $ORIGIN; allowed: $ORIGIN NAME";
      records.set_origin(*origin);
    } else {
      const auto ttl = parse_ttl(argument);
      if (!ttl) return "no TTL after $TTL; allowed: 0 to 2147483647 seconds, or as in 1h30m";
      records.set_default_ttl(*ttl);
    }
    return {};
  }
  return name + " is not supported; allowed: $ORIGIN and $TTL";
}

std::string describe(Entries::Next mistake) {
  switch (mistake) {
    case Entries::Next::unclosed_parenthesis:
      return "a parenthesis is never closed; allowed: ( with a ) after it";
    case Entries::Next::unopened_parenthesis:
      return "a parenthesis was never opened; allowed: ( before the )";
    default:
      return "a quote is not closed on its line; allowed: \" around a text";
  }
}

}  // namespace

void read_zone_file(std::string_view text, const Name& apex, const ZoneFileReader& reader) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  RecordText records(apex);
  Entries entries(text);
  Entry entry;
  Record record;
  for (auto next = entries.next(entry); next != Entries::Next::end; next = entries.next(entry)) {
    std::optional<std::string> problem;
    if (next != Entries::Next::entry) {
      problem = describe(next);
    } else if (entry.text.front() == '$') {
      problem = read_directive(entry.text, records);
    } else {
      problem = records.read(entry.text, record);
      if (!problem) reader.record(entry.line, record);
    }
    if (problem) reader.wrong(entry.line, *problem);
  }
}

std::optional<std::string> read_record(std::string_view text, const Name& apex, Record& record) {
  Entries entries(text);
  Entry entry;
  const auto first = entries.next(entry);
  if (first != Entries::Next::entry && first != Entries::Next::end) return describe(first);
  if (entry.text.starts_with('$')) return "a directive stands here; allowed: a record";
  auto problem = RecordText(apex).read(entry.text, record);
  if (!problem && entries.next(entry) != Entries::Next::end) return "more than one record; allowed: one";
  return problem;
}

}  // namespace thence::dns
