#include "protocols/dns/text/rdata_text.hpp"

#include "protocols/dns/wire/hexadecimal.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/wire/rdata.hpp"
#include "protocols/dns/wire/type.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <arpa/inet.h>

namespace thence::dns {

namespace {

constexpr std::uint16_t spf = 99;

/// Appends a decimal number, if it fits.
template <typename Number>
bool append_number(std::string_view word, std::vector<std::uint8_t>& rdata) {
  Number number = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc{} || rest != end) return false;
  for (std::size_t i = sizeof number; i-- > 0;) rdata.push_back(static_cast<std::uint8_t>(number >> 8U * i));
  return true;
}

bool append_address(int family, std::string_view word, std::vector<std::uint8_t>& rdata) {
  in6_addr address{};
  if (::inet_pton(family, std::string(word).c_str(), &address) != 1) return false;
  const auto* const octets = reinterpret_cast<const std::uint8_t*>(&address);
  rdata.insert(rdata.end(), octets, octets + (family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr)));
  return true;
}

/// An IPSECKEY gateway and an AMTRELAY relay have the same four kinds.
bool append_gateway(unsigned kind, std::string_view word, const ReadName& read_name, std::vector<std::uint8_t>& rdata) {
  switch (kind) {
    case 0:
      return word == ".";
    case 1:
      return append_address(AF_INET, word, rdata);
    case 2:
      return append_address(AF_INET6, word, rdata);
    case 3:
      return read_name(word, rdata);
    default:
      return false;
  }
}

}  // namespace

std::optional<std::string> take_text(std::string_view& line) {
  std::string text;
  const bool quoted = line.starts_with('"');
  if (quoted) line.remove_prefix(1);
  while (!line.empty() && line.front() != '"' && (quoted || !is_blank(line.front()))) {
    const auto octet = take_octet(line);
    if (!octet) return std::nullopt;
    text += static_cast<char>(*octet);
  }
  if (quoted) {
    if (line.empty()) return std::nullopt;
    line.remove_prefix(1);
  }
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return text;
}

bool read_generic(std::string_view text, std::vector<std::uint8_t>& rdata) {
  rdata.clear();
  if (take_word(text) != "\\#") return false;
  std::uint16_t size = 0;
  const auto word = take_word(text);
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, size);
  if (error != std::errc{} || rest != end) return false;
  std::string digits(text);
  std::erase_if(digits, is_blank);
  auto octets = read_hexadecimal(digits);
  if (!octets || octets->size() != size) return false;
  rdata = std::move(*octets);
  return true;
}

bool is_texts(std::uint16_t type) {
  const auto* const named = find_type(type);
  return type == type::txt || type == spf || (named != nullptr && named->like == type::txt);
}

bool are_texts(Octets rdata) {
  if (rdata.empty()) return false;
  while (!rdata.empty()) {
    if (rdata.size() <= rdata.front()) return false;
    rdata = rdata.subspan(rdata.front() + 1U);
  }
  return true;
}

bool read_texts(std::string_view text, std::vector<std::uint8_t>& rdata) {
  rdata.clear();
  while (!text.empty()) {
    const auto next = take_text(text);
    if (!next || next->size() > longest_string) return false;
    rdata.push_back(static_cast<std::uint8_t>(next->size()));
    rdata.insert(rdata.end(), next->begin(), next->end());
  }
  return !rdata.empty();
}

bool read_caa(std::string_view text, std::vector<std::uint8_t>& rdata) {
  rdata.clear();
  const auto flags = take_word(text);
  const auto tag = take_word(text);
  const bool has_tag = !tag.empty() && tag.size() <= longest_string &&
                       std::ranges::all_of(tag, [](unsigned char letter) { return std::isalnum(letter) != 0; });
  if (!has_tag || text.empty() || !append_number<std::uint8_t>(flags, rdata)) return false;
  rdata.push_back(static_cast<std::uint8_t>(tag.size()));
  rdata.insert(rdata.end(), tag.begin(), tag.end());
  const auto value = take_text(text);
  if (!value || !text.empty()) return false;
  rdata.insert(rdata.end(), value->begin(), value->end());
  return true;
}

bool read_csync_without_types(std::string_view text, std::vector<std::uint8_t>& rdata) {
  rdata.clear();
  const auto serial = take_word(text);
  const auto flags = take_word(text);
  return text.empty() && append_number<std::uint32_t>(serial, rdata) && append_number<std::uint16_t>(flags, rdata);
}

bool read_ipseckey_without_key(std::string_view text, const ReadName& read_name, std::vector<std::uint8_t>& rdata) {
  rdata.clear();
  for (int i = 0; i < 3; ++i) {
    if (!append_number<std::uint8_t>(take_word(text), rdata)) return false;
  }
  const auto gateway = take_word(text);
  return text.empty() && append_gateway(rdata[1], gateway, read_name, rdata);
}

bool read_amtrelay(std::string_view text, const ReadName& read_name, std::vector<std::uint8_t>& rdata) {
  rdata.clear();
  if (!append_number<std::uint8_t>(take_word(text), rdata)) return false;
  const auto discovery_optional = take_word(text);
  if (discovery_optional != "0" && discovery_optional != "1") return false;
  if (!append_number<std::uint8_t>(take_word(text), rdata)) return false;
  const unsigned kind = rdata[1];
  constexpr std::uint8_t discovery_optional_bit = 0x80;
  if (discovery_optional == "1") rdata[1] |= discovery_optional_bit;
  const auto relay = take_word(text);
  return text.empty() && append_gateway(kind, relay, read_name, rdata);
}

}  // namespace thence::dns
