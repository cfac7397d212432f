#include "protocols/dns/wire/name.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace thence::dns {

namespace {

constexpr std::size_t longest_label = 63;

std::uint64_t load_word(const std::uint8_t* at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// A 128-bit multiplication, folded, so that every bit affects every other.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// Converts eight octets to lower case at once. The top bit of each octet tells "at least A", and then "above Z".
std::uint64_t lower_word(std::uint64_t word) noexcept {
  constexpr std::uint64_t each = 0x0101010101010101U;
  const std::uint64_t seven_bits = word & (0x7f * each);
  const std::uint64_t at_least_a = seven_bits + (0x80 - 'A') * each;
  const std::uint64_t above_z = seven_bits + (0x7f - 'Z') * each;
  const std::uint64_t is_upper = at_least_a & ~above_z & ~word & (0x80 * each);
  return word | is_upper >> 2U;
}

/// Label lengths are below 'A', so a whole name can be treated as text.
void copy_in_lower_case(const std::uint8_t* from, std::size_t size, std::uint8_t* to) noexcept {
  if (size < sizeof(std::uint64_t)) {
    std::transform(from, from + size, to, lower);
    return;
  }
  const auto copy_word = [&](std::size_t at) {
    const auto word = lower_word(load_word(from + at));
    std::memcpy(to + at, &word, sizeof word);
  };
  for (std::size_t at = 0; at + sizeof(std::uint64_t) < size; at += sizeof(std::uint64_t)) copy_word(at);
  copy_word(size - sizeof(std::uint64_t));
}

/// Where the labels of a name start, without the root's.
struct Labels {
  explicit Labels(Octets name) noexcept {
    for (std::size_t at = 0; name[at] != 0; at += name[at] + 1U) starts[count++] = static_cast<std::uint8_t>(at);
  }

  std::array<std::uint8_t, longest_name / 2 + 1> starts;
  std::size_t count = 0;
};

bool is_digit(char letter) noexcept { return letter >= '0' && letter <= '9'; }

}  // namespace

std::optional<std::uint8_t> take_octet(std::string_view& text) noexcept {
  const auto first = static_cast<std::uint8_t>(text.front());
  text.remove_prefix(1);
  if (first != '\\') return first;
  if (text.empty()) return std::nullopt;
  if (!is_digit(text.front())) {
    const auto escaped = static_cast<std::uint8_t>(text.front());
    text.remove_prefix(1);
    return escaped;
  }
  if (text.size() < 3 || !is_digit(text[1]) || !is_digit(text[2])) return std::nullopt;
  const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  text.remove_prefix(3);
  return value > 255 ? std::nullopt : std::optional(static_cast<std::uint8_t>(value));
}

std::uint64_t hash(Octets octets) noexcept {
  constexpr std::uint64_t k0 = 0x9e3779b97f4a7c15U;
  constexpr std::uint64_t k1 = 0xd6e8feb86659fd93U;
  const std::uint8_t* const at = octets.data();
  const std::size_t size = octets.size();
  std::uint64_t state = size * k0;
  std::uint64_t tail = 0;
  if (size >= sizeof tail) {
    for (std::size_t i = 0; i + sizeof tail < size; i += sizeof tail) state = mix(state ^ load_word(at + i), k1);
    tail = load_word(at + size - sizeof tail);
  } else {
    for (std::size_t i = 0; i < size; ++i) tail = tail << 8U | at[i];
  }
  return mix(state ^ tail, k0);
}

std::size_t Name::assign(Octets from) noexcept {
  std::size_t at = 0;
  std::uint8_t labels = 0;
  const std::size_t end = std::min(from.size(), longest_name);
  while (at < end && from[at] != 0) {
    if (from[at] > longest_label) break;
    starts_[labels++] = static_cast<std::uint8_t>(at);
    at += from[at] + 1U;
  }
  if (at >= end || from[at] != 0) {
    *this = Name();
    return 0;
  }
  size_ = static_cast<std::uint8_t>(at + 1);
  labels_ = labels;
  copy_in_lower_case(from.data(), size_, wire_.data());
  return size_;
}

std::size_t Name::assign(Octets from, const Name& end) noexcept {
  std::size_t at = 0;
  while (at < from.size() && from[at] != 0 && from[at] <= longest_label) at += from[at] + 1U;
  if (at >= from.size() || from[at] == 0) return assign(from);
  if (from[at] < 0xC0 || at + 2 > from.size() || at + end.size() > longest_name) {
    *this = Name();
    return 0;
  }
  std::array<std::uint8_t, longest_name> whole;
  std::copy(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(at), whole.begin());
  std::ranges::copy(end.wire(), whole.begin() + static_cast<std::ptrdiff_t>(at));
  assign(Octets(whole).first(at + end.size()));
  return at + 2;
}

std::optional<Name> Name::parse(std::string_view text, const Name& origin) {
  if (text == "@") return origin;
  std::vector<std::uint8_t> wire;
  Name name;
  if (text == ".") return name;
  while (!text.empty()) {
    const std::size_t length_at = wire.size();
    wire.push_back(0);
    while (!text.empty() && text.front() != '.') {
      // A bare quote is not meant as part of the name.
      const auto octet = text.front() == '"' ? std::nullopt : take_octet(text);
      if (!octet) return std::nullopt;
      wire.push_back(*octet);
    }
    const std::size_t length = wire.size() - length_at - 1;
    if (length == 0 || length > longest_label) return std::nullopt;
    wire[length_at] = static_cast<std::uint8_t>(length);
    if (text.empty()) {
      wire.insert(wire.end(), origin.wire().begin(), origin.wire().end());
    } else {
      text.remove_prefix(1);
      if (text.empty()) wire.push_back(0);
    }
  }
  if (wire.empty() || name.assign(wire) != wire.size()) return std::nullopt;
  return name;
}

std::string Name::text() const {
  if (labels_ == 0) return ".";
  std::string text;
  for (std::size_t label = 0; label < labels_; ++label) {
    const std::size_t start = offset(label);
    for (const auto octet : wire().subspan(start + 1, wire_[start])) {
      if (octet <= ' ' || octet > '~') {
        text += {'\\', static_cast<char>('0' + octet / 100), static_cast<char>('0' + octet / 10 % 10),
                 static_cast<char>('0' + octet % 10)};
      } else {
        if (std::strchr(".\\\"();@$", octet) != nullptr) text += '\\';
        text += static_cast<char>(octet);
      }
    }
    text += '.';
  }
  return text;
}

bool Name::is_within(Octets ancestor) const noexcept {
  if (ancestor.size() > size_) return false;
  const std::size_t start = size_ - ancestor.size();
  if (std::memcmp(wire_.data() + start, ancestor.data(), ancestor.size()) != 0) return false;
  // The matching octets at the end may begin in the middle of a label.
  for (std::size_t label = labels_ + 1U; label-- > 0;) {
    if (offset(label) <= start) return offset(label) == start;
  }
  return false;
}

bool operator==(const Name& a, const Name& b) noexcept {
  return a.size_ == b.size_ && std::memcmp(a.wire_.data(), b.wire_.data(), a.size_) == 0;
}

std::strong_ordering canonical_order(Octets a, Octets b) noexcept {
  const Labels labels_a(a);
  const Labels labels_b(b);
  for (std::size_t up = 1; up <= std::min(labels_a.count, labels_b.count); ++up) {
    const std::uint8_t* const x = a.data() + labels_a.starts[labels_a.count - up];
    const std::uint8_t* const y = b.data() + labels_b.starts[labels_b.count - up];
    const int order = std::memcmp(x + 1, y + 1, std::min(*x, *y));
    if (order != 0) return order <=> 0;
    if (*x != *y) return *x <=> *y;
  }
  return labels_a.count <=> labels_b.count;
}

std::uint64_t canonical_start(const Name& name, std::size_t apex_labels) noexcept {
  std::uint64_t start = 0;
  std::size_t room = sizeof start;
  const auto put = [&](unsigned octet) {
    start = start << 8U | octet;
    --room;
  };
  for (std::size_t label = name.labels() - apex_labels; label-- > 0 && room > 0;) {
    const auto octets = name.wire().subspan(name.offset(label) + 1U, name.wire()[name.offset(label)]);
    for (std::size_t i = 0; i < octets.size() && room > 0; ++i) {
      // 0 ends a label, so 0 and 1 within one become 1 1 and 1 2, which preserves the order.
      if (octets[i] <= 1) put(1);
      if (room > 0) put(octets[i] <= 1 ? octets[i] + 1U : octets[i]);
    }
    if (room > 0) put(0);
  }
  while (room > 0) put(0);
  return start;
}

}  // namespace thence::dns
