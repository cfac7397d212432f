#include "protocols/dns/text/generate.hpp"

#include "protocols/dns/text/record_text.hpp"
#include "protocols/dns/text/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace thence::dns {

namespace {

/// Takes a number, optionally signed, off a text.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < -Generate::largest || number > Generate::largest) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return number;
}

bool take(std::string_view& text, char letter) {
  if (!text.starts_with(letter)) return false;
  text.remove_prefix(1);
  return true;
}

/// @return data without its quotes if it is a single quoted text, else unchanged
std::string without_quotes(std::string_view data) {
  auto rest = data;
  const auto word = take_word(rest);
  const bool quoted = word.size() >= 2 && word.find('"', 1) == word.size() - 1 && word.front() == '"';
  if (!rest.empty() || !quoted) return std::string(data);
  return std::string(word.substr(1, word.size() - 2));
}

/// Digits without padding; the base is 8, 10 or 16.
std::string digits(std::int64_t value, int base) {
  std::array<char, 24> text;
  const auto end = std::to_chars(text.begin(), text.end(), value, base).ptr;
  return {text.begin(), end};
}

}  // namespace

std::variant<Generate, std::string> Generate::parse(std::string_view arguments) {
  Generate generate;
  const auto range = take_word(arguments);
  if (auto problem = generate.parse_range(range); !problem.empty()) return problem;
  auto rest = arguments;
  take_word(rest);
  for (auto word = take_word(rest); is_ttl_or_class(word);) word = take_word(rest);
  if (rest.empty()) {
    return "too few words; allowed: $GENERATE START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE DATA";
  }
  const auto head = arguments.substr(0, arguments.size() - rest.size());
  if (auto problem = generate.parse_template(std::string(head) + without_quotes(rest)); !problem.empty()) {
    return problem;
  }
  return generate;
}

std::string Generate::parse_range(std::string_view range) {
  auto rest = range;
  const auto start = take_number(rest);
  const bool has_stop = take(rest, '-');
  const auto stop = take_number(rest);
  const bool has_step = take(rest, '/');
  const auto step = has_step ? take_number(rest) : 1;
  if (!start || !has_stop || !stop || !step || !rest.empty() || *start < 0 || *stop < *start || *step < 1) {
    return "'" + std::string(range.substr(0, 80)) +
           "' is not a range; allowed: START-STOP or START-STOP/STEP, numbers of 0 to 2147483647 that rise";
  }
  start_ = static_cast<std::uint64_t>(*start);
  stop_ = static_cast<std::uint64_t>(*stop);
  step_ = static_cast<std::uint64_t>(*step);
  return {};
}

std::string Generate::parse_template(std::string_view text) {
  Part part;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\\$"), text.size());
    part.text += text.substr(0, end);
    text.remove_prefix(end);
    if (take(text, '\\')) {
      if (!text.starts_with('$')) part.text += '\\';
      part.text += text.substr(0, 1);
      text.remove_prefix(std::min<std::size_t>(1, text.size()));
    } else if (take(text, '$')) {
      if (take(text, '$')) {
        part.text += '$';
        continue;
      }
      if (auto problem = parse_number(text, part); !problem.empty()) return problem;
      parts_.push_back(std::move(part));
      part = {};
    }
  }
  parts_.push_back(std::move(part));
  return {};
}

std::string Generate::parse_number(std::string_view& text, Part& part) const {
  part.base = Part::Base::decimal;
  if (!take(text, '{')) return {};
  std::string wrong =
      "'${' without what belongs behind it; allowed: ${OFFSET}, ${OFFSET,WIDTH} and "
      "${OFFSET,WIDTH,BASE}, WIDTH up to " +
      std::to_string(widest) + ", BASE one of doxXnN";
  const auto offset = take_number(text);
  if (!offset) return wrong;
  if (static_cast<std::int64_t>(stop_) + *offset > largest) {
    return "an offset that leads above " + std::to_string(largest) + "; allowed: a smaller one";
  }
  part.offset = *offset;
  if (take(text, ',')) {
    const auto width = take_number(text);
    if (!width || *width < 0 || *width > widest) return wrong;
    part.width = static_cast<std::uint32_t>(*width);
    if (take(text, ',')) {
      if (text.empty() || std::string_view("doxXnN").find(text.front()) == std::string_view::npos) return wrong;
      part.base = static_cast<Part::Base>(text.front());
      text.remove_prefix(1);
    }
  }
  return take(text, '}') ? std::string() : wrong;
}

std::string Generate::line(std::uint64_t index) const {
  std::string line;
  for (const auto& part : parts_) append(line, part, start_ + index * step_);
  return line;
}

void Generate::append(std::string& to, const Part& part, std::uint64_t number) {
  to += part.text;
  if (part.base == Part::Base::none) return;
  const std::int64_t value = static_cast<std::int64_t>(number) + part.offset;
  // BIND's numbers have 32 bits, which shows in negative ones in bases other than ten.
  auto octets = static_cast<std::uint32_t>(value);
  const bool upper = part.base == Part::Base::upper_hex || part.base == Part::Base::upper_nibbles;
  if (part.base == Part::Base::nibbles || part.base == Part::Base::upper_nibbles) {
    const std::string_view letters = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    const std::size_t end = to.size() + part.width;
    do {
      to += letters[octets & 0xFU];
      octets >>= 4U;
      if (octets != 0 || to.size() < end) to += '.';
    } while (octets != 0 || to.size() < end);
    return;
  }
  std::string text;
  if (part.base == Part::Base::decimal) {
    text = digits(value, 10);
  } else {
    text = digits(octets, part.base == Part::Base::octal ? 8 : 16);
    if (upper)
      std::ranges::transform(text, text.begin(), [](char letter) { return letter >= 'a' ? letter - 0x20 : letter; });
  }
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  if (text.size() < part.width) text.insert(sign, part.width - text.size(), '0');
  to += text;
}

}  // namespace thence::dns
