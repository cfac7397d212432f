#include "protocols/dns/svc_params.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace thence::dns {

namespace {

constexpr std::uint16_t mandatory = 0;

std::vector<std::uint16_t> numbers_in(Octets octets) {
  std::vector<std::uint16_t> numbers;
  for (std::size_t at = 0; at + 2 <= octets.size(); at += 2) numbers.push_back(load16(octets.data() + at));
  return numbers;
}

bool is_strictly_rising(const std::vector<std::uint16_t>& numbers) {
  return std::ranges::adjacent_find(numbers, std::greater_equal<>()) == numbers.end();
}

}  // namespace

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
    if (keys.back() == mandatory) needed = numbers_in(value);
    params = params.subspan(head + value.size());
  }
  if (!is_strictly_rising(keys)) return "a service parameter stands here twice; allowed: each key once";
  if (!is_strictly_rising(needed)) return "'mandatory' names a key twice; allowed: each key once";
  for (const auto key : needed) {
    if (key == mandatory || !std::ranges::binary_search(keys, key)) {
      return "'mandatory' names key " + std::to_string(key) + "; allowed: other keys that stand here";
    }
  }
  return {};
}

}  // namespace thence::dns
