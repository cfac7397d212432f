#pragma once

// The data of a record in octets.

#include "protocols/dns/text/zone_file.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace dns_record_data {

using namespace thence::dns;

inline const Name apex = *Name::parse("example.com", Name());

inline std::string hex(const std::vector<std::uint8_t>& octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto octet : octets) (text += digits[octet >> 4U]) += digits[octet & 0xFU];
  return text;
}

/// @return the data in hexadecimal digits, or what is wrong
inline std::string data_of(const std::string& type_and_data) {
  Record record;
  const auto problem = read_record("x 9 " + type_and_data, apex, record);
  return problem ? *problem : hex(record.rdata);
}

}  // namespace dns_record_data
