#include "protocols/dns/wire/type.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include <ldns/ldns.h>

namespace thence::dns {

namespace {

// ldns reads the name in NSAP-PTR (RFC 1706 §6) as text.
constexpr std::array type_names{
    TypeName{"NSAP-PTR", 23, type::ptr}, TypeName{"NINFO", 56, type::txt}, TypeName{"RKEY", 57, type::key},
    TypeName{"AVC", 258, type::txt},     TypeName{"AMTRELAY", 260, 0},     TypeName{"RESINFO", 261, type::txt},
    TypeName{"WALLET", 262, type::txt},  TypeName{"TA", 32768, type::ds},
};

}  // namespace

const TypeName* find_type(std::string_view name) {
  const auto* const found = std::ranges::find_if(type_names, [&](const TypeName& each) {
    return std::ranges::equal(each.name, name, [](char a, unsigned char b) { return a == std::toupper(b); });
  });
  return found == type_names.end() ? nullptr : found;
}

const TypeName* find_type(std::uint16_t type) {
  const auto* const found = std::ranges::find(type_names, type, &TypeName::type);
  return found == type_names.end() ? nullptr : found;
}

std::string type_text(std::uint16_t type) {
  if (const auto* const named = find_type(type)) return std::string(named->name);
  char* const text = ldns_rr_type2str(static_cast<ldns_rr_type>(type));
  std::string result = text == nullptr ? std::to_string(type) : text;
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): the library's way of handing out text
  return result;
}

}  // namespace thence::dns
