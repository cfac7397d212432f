#include "protocols/dns/identity/nsid.hpp"

#include "protocols/dns/wire/hexadecimal.hpp"

#include <string>

namespace thence::dns {

namespace {

constexpr std::size_t longest_nsid = 255;

}  // namespace

std::vector<std::uint8_t> read_nsid(const config::Cursor& at) {
  const std::string text = at.string("");
  std::vector<std::uint8_t> octets(text.begin(), text.end());
  if (text.starts_with("0x")) {
    const auto read = read_hexadecimal(std::string_view(text).substr(2));
    if (!read || read->empty()) {
      at.wrong("'" + text + "' is not hexadecimal; allowed: 0x and pairs of digits, or text");
      return {};
    }
    octets = *read;
  }
  if (octets.size() <= longest_nsid) return octets;
  at.wrong(std::to_string(octets.size()) + " octets; allowed: at most 255");
  return {};
}

}  // namespace thence::dns
