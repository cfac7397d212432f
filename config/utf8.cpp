#include "config/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace thence::config {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

struct Lead {
  std::size_t size;      ///< length of the character in octets
  std::uint32_t bits;    ///< code point bits in the first octet
  std::uint32_t lowest;  ///< lowest code point that needs this length
};

/// @return a size of 0 if the octet does not begin a multi-octet character
Lead lead_of(unsigned octet) {
  if (octet >= 0xC2 && octet <= 0xDF) return {2, octet & 0x1FU, 0x80};
  if (octet >= 0xE0 && octet <= 0xEF) return {3, octet & 0x0FU, 0x800};
  if (octet >= 0xF0 && octet <= 0xF4) return {4, octet & 0x07U, 0x10000};
  return {0, 0, 0};
}

bool is_surrogate(std::uint32_t code) { return code >= 0xD800 && code <= 0xDFFF; }
bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7F && code <= 0x9F); }

/// @return octets in the text's first character; 0 if it is invalid or a control character
std::size_t character(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  if (octet(0) < 0x80) return is_control(octet(0)) ? 0 : 1;
  const auto lead = lead_of(octet(0));
  if (lead.size == 0 || lead.size > text.size()) return 0;
  auto code = lead.bits;
  for (std::size_t i = 1; i < lead.size; ++i) {
    if ((octet(i) & 0xC0U) != 0x80) return 0;
    code = (code << 6U) | (octet(i) & 0x3FU);
  }
  const bool valid = code >= lead.lowest && code <= 0x10FFFF && !is_surrogate(code) && !is_control(code);
  return valid ? lead.size : 0;
}

}  // namespace

std::string utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const auto size = character(text);
    if (size != 0) {
      valid += text.substr(0, size);
    } else {
      const auto octet = static_cast<unsigned char>(text[0]);
      valid.append("\\x").append(1, digits[octet >> 4U]).append(1, digits[octet & 15U]);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return valid;
}

std::string utf8_lines(std::string_view text) {
  std::string lines;
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.append(utf8(text.substr(0, end))).append("\n");
    text.remove_prefix(end + 1);
  }
  return lines + utf8(text);
}

}  // namespace thence::config
