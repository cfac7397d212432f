#include "protocols/dns/text/svc_params.hpp"

#include "protocols/dns/text/rdata_text.hpp"
#include "protocols/dns/text/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include <arpa/inet.h>

namespace thence::dns {

namespace {

enum Key : std::uint16_t { mandatory, alpn, no_default_alpn, port, ipv4hint, ech, ipv6hint, dohpath, ohttp };

/// Indexed by key number.
constexpr std::array<std::string_view, 9> key_names{"mandatory", "alpn",     "no-default-alpn", "port", "ipv4hint",
                                                    "ech",       "ipv6hint", "dohpath",         "ohttp"};

std::vector<std::uint16_t> numbers_in(Octets octets) {
  std::vector<std::uint16_t> numbers;
  for (std::size_t at = 0; at + 2 <= octets.size(); at += 2) numbers.push_back(load16(octets.data() + at));
  return numbers;
}

bool is_strictly_rising(const std::vector<std::uint16_t>& numbers) {
  return std::ranges::adjacent_find(numbers, std::greater_equal<>()) == numbers.end();
}

/// Whether octets are a sequence of lengths from 1 to 255, each followed by that many octets.
bool are_alpn_ids(Octets octets) {
  if (octets.empty()) return false;
  while (!octets.empty()) {
    if (octets.front() == 0 || octets.size() <= octets.front()) return false;
    octets = octets.subspan(octets.front() + 1U);
  }
  return true;
}

bool is_list(Octets octets, std::size_t unit) { return !octets.empty() && octets.size() % unit == 0; }

/// Whether a value has the form of its key (RFC 9460 §7, §8). Other keys may have any value.
bool is_sound(std::uint16_t key, Octets value) {
  switch (key) {
    case mandatory:
      return is_list(value, 2);
    case alpn:
      return are_alpn_ids(value);
    case no_default_alpn:
    case ohttp:
      return value.empty();
    case port:
      return value.size() == 2;
    case ipv4hint:
      return is_list(value, 4);
    case ipv6hint:
      return is_list(value, 16);
    default:
      return true;
  }
}

std::string key_text(std::uint16_t key) {
  return key < key_names.size() ? std::string(key_names[key]) : "key" + std::to_string(key);
}

/// @return nothing if the word is not a decimal number alone
std::optional<std::uint16_t> parse_number(std::string_view word) {
  std::uint16_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number);
  return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

std::optional<std::uint16_t> parse_key(std::string_view name) {
  const auto* const known = std::ranges::find(key_names, name);
  if (known != key_names.end()) return static_cast<std::uint16_t>(known - key_names.begin());
  constexpr std::string_view generic = "key";
  if (!name.starts_with(generic)) return std::nullopt;
  const auto digits = name.substr(generic.size());
  if (digits.size() > 1 && digits.starts_with('0')) return std::nullopt;
  return parse_number(digits);
}

void append16(std::vector<std::uint8_t>& to, std::size_t number) {
  to.push_back(static_cast<std::uint8_t>(number >> 8U));
  to.push_back(static_cast<std::uint8_t>(number));
}

/// Takes an item off a list with commas (RFC 9460 §A.1). A backslash, which has survived the reading of the text, makes
/// the next character literal.
std::optional<std::string> take_item(std::string_view& list) {
  std::string item;
  while (!list.empty() && list.front() != ',') {
    if (list.front() == '\\') {
      list.remove_prefix(1);
      if (list.empty()) return std::nullopt;
    }
    item += list.front();
    list.remove_prefix(1);
  }
  return item;
}

/// Reads an item of a key whose value is a list, and appends it to `to`.
bool read_item(std::uint16_t key, const std::string& item, std::vector<std::uint8_t>& to) {
  const auto append_address = [&]<typename Address>(int family, Address address) -> bool {
    if (::inet_pton(family, item.c_str(), &address) != 1) return false;
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(&address);
    to.insert(to.end(), octets, octets + sizeof address);
    return true;
  };
  switch (key) {
    case mandatory: {
      const auto named = parse_key(item);
      if (named) append16(to, *named);
      return named.has_value();
    }
    case alpn:
      if (item.empty() || item.size() > 255) return false;
      to.push_back(static_cast<std::uint8_t>(item.size()));
      to.insert(to.end(), item.begin(), item.end());
      return true;
    case ipv4hint:
      return append_address(AF_INET, in_addr{});
    default:
      return append_address(AF_INET6, in6_addr{});
  }
}

bool read_list(std::uint16_t key, std::string_view list, std::vector<std::uint8_t>& to) {
  for (bool more = true; more;) {
    const auto item = take_item(list);
    if (!item || !read_item(key, *item, to)) return false;
    more = !list.empty();
    if (more) list.remove_prefix(1);
  }
  return true;
}

/// @param is_generic whether the key was written as keyNNNNN: its value is then plain octets
/// @return nothing if it is not a value of that key
std::optional<std::vector<std::uint8_t>> read_value(std::uint16_t key, bool is_generic, const std::string& text,
                                                    const ReadBase64& read_base64) {
  std::vector<std::uint8_t> value;
  bool sound = true;
  const auto number = parse_number(text);
  if (is_generic || key > ipv6hint || key == no_default_alpn) {
    value.assign(text.begin(), text.end());
  } else if (key == port) {
    sound = number.has_value();
    append16(value, number.value_or(0));
  } else if (key == ech) {
    sound = read_base64(text, value);
  } else {
    sound = read_list(key, text, value);
  }
  return sound ? std::optional(std::move(value)) : std::nullopt;
}

/// Sorts two-octet numbers in ascending order, as `mandatory` requires (RFC 9460 §8).
void sort_numbers(std::vector<std::uint8_t>& octets) {
  auto numbers = numbers_in(octets);
  std::ranges::sort(numbers);
  octets.clear();
  for (const auto number : numbers) append16(octets, number);
}

}  // namespace

std::optional<std::string> read_svc_params(std::string_view text, const ReadBase64& read_base64,
                                           std::vector<std::uint8_t>& rdata) {
  std::vector<std::pair<std::uint16_t, std::vector<std::uint8_t>>> params;
  while (!text.empty()) {
    const auto param = take_word(text);
    const auto name = param.substr(0, param.find('='));
    const auto key = parse_key(name);
    auto written = param.substr(std::min(param.size(), name.size() + 1));
    const auto value_text = written.empty() ? std::string() : take_text(written);
    auto value = key && value_text && written.empty()
                     ? read_value(*key, *key >= key_names.size() || name.starts_with("key"), *value_text, read_base64)
                     : std::nullopt;
    if (!value) {
      return "'" + std::string(param.substr(0, 80)) +
             "' is not a service parameter; allowed: such as alpn=h2, port=8443 (0 to 65535) and key65280=value";
    }
    params.emplace_back(*key, std::move(*value));
  }
  std::ranges::stable_sort(params, {}, [](const auto& each) { return each.first; });
  const auto start = rdata.size();
  for (auto& [key, value] : params) {
    if (value.size() > 0xFFFF) return "more than 65535 octets of data; allowed: a shorter record";
    if (key == mandatory) sort_numbers(value);
    append16(rdata, key);
    append16(rdata, value.size());
    rdata.insert(rdata.end(), value.begin(), value.end());
  }
  return check_svc_params(Octets(rdata).subspan(start));
}

std::optional<std::string> check_svc_params(Octets params) {
  constexpr std::size_t head = 4;
  std::vector<std::uint16_t> keys;
  std::vector<std::uint16_t> needed;
  while (!params.empty()) {
    if (params.size() < head || params.size() - head < load16(params.data() + 2)) {
      return "broken service parameters; allowed: key=value";
    }
    const Octets value = params.subspan(head, load16(params.data() + 2));
    keys.push_back(load16(params.data()));
    if (!is_sound(keys.back(), value)) {
      return "'" + key_text(keys.back()) + "' has a value that it may not have; allowed: as in RFC 9460";
    }
    if (keys.back() == mandatory) needed = numbers_in(value);
    params = params.subspan(head + value.size());
  }
  if (!is_strictly_rising(keys)) return "a service parameter is given twice; allowed: each key once";
  if (!is_strictly_rising(needed)) return "'mandatory' names a key twice; allowed: each key once";
  for (const auto key : needed) {
    if (key == mandatory || !std::ranges::binary_search(keys, key)) {
      return "'mandatory' names '" + key_text(key) + "'; allowed: other keys of this record";
    }
  }
  return {};
}

}  // namespace thence::dns
