#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace thence::bench {

/// Octets of an OPT record without options.
inline constexpr std::size_t opt_size = 11;

/// A DNS query (RFC 1035 §4.1) of class IN with ID 0.
/// @param name dotted, without escapes
/// @param edns whether to add an OPT record (RFC 6891 §6.1.2) that advertises 1232 octets
/// @throws std::invalid_argument when the name is invalid
inline std::vector<std::byte> dns_query(const std::string& name, std::uint16_t type, bool edns) {
  std::vector<std::byte> query;
  const auto append = [&query](std::initializer_list<unsigned> octets) {
    for (const unsigned octet : octets) query.push_back(static_cast<std::byte>(octet));
  };
  append({0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, edns ? 1U : 0U});
  const std::size_t before_name = query.size();
  std::istringstream labels(name);
  for (std::string label; std::getline(labels, label, '.');) {
    if (label.empty() || label.size() > 63) throw std::invalid_argument("not a name: " + name);
    append({static_cast<unsigned>(label.size())});
    for (const char letter : label) append({static_cast<unsigned char>(letter)});
  }
  append({0});
  if (query.size() - before_name > 255) throw std::invalid_argument("not a name: " + name);
  append({static_cast<unsigned>(type >> 8), type & 0xFFU, 0, 1});
  if (edns) append({0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0});
  return query;
}

/// The maximum size of a query in octets: header, name, type and class, OPT record.
inline constexpr std::size_t largest_dns_query = 12 + 255 + 4 + opt_size;

}  // namespace thence::bench
