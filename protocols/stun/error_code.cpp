#include "protocols/stun/error_code.hpp"

#include "protocols/network_order.hpp"

#include <algorithm>

namespace thence::stun {

std::optional<ErrorCode> read_error_code(const Attribute& attribute) noexcept {
  if (attribute.value.size() < 4) return {};
  const auto word = load32(attribute.value.first<4>());
  const auto hundreds = word >> 8U & 0x7U;
  const auto number = word & 0xffU;
  if (hundreds < 3 || hundreds > 6 || number > 99) return {};
  const auto text = attribute.value.subspan(4);
  return ErrorCode{hundreds * 100 + number, {reinterpret_cast<const char*>(text.data()), text.size()}};
}

void add_error_code(MessageWriter& writer, unsigned code, std::string_view reason) noexcept {
  const auto spaces = writer.classic() ? (4 - reason.size() % 4) % 4 : 0;
  const auto value = writer.add(AttributeType::error_code, 4 + reason.size() + spaces);
  store32(value.first<4>(), code / 100 << 8U | code % 100);
  const auto text = value.subspan(4);
  std::transform(reason.begin(), reason.end(), text.begin(), [](char each) { return static_cast<std::byte>(each); });
  std::fill(text.end() - static_cast<std::ptrdiff_t>(spaces), text.end(), std::byte{' '});
}

}  // namespace thence::stun
