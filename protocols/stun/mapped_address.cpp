#include "protocols/stun/mapped_address.hpp"

#include "protocols/stun/big_endian.hpp"

#include <algorithm>
#include <array>

namespace thence::stun {
namespace {

constexpr std::size_t family_and_port_size = 4;
constexpr std::uint16_t ipv4 = 1;
constexpr std::uint16_t ipv6 = 2;

// A mask of zeros leaves the address as it is, so that both forms are one.
void add_masked(MessageWriter& writer, AttributeType type, const Endpoint& endpoint, MessageId mask) noexcept {
  const auto write = [&](std::uint16_t family, std::span<const unsigned char> address) {
    const auto value = writer.add(type, family_and_port_size + address.size());
    store16(value.first<2>(), family);
    store16(value.subspan<2, 2>(), endpoint.port() ^ load16(mask.first<2>()));
    std::transform(address.begin(), address.end(), mask.begin(), value.begin() + family_and_port_size,
                   [](unsigned char octet, std::byte bits) { return std::byte{octet} ^ bits; });
  };
  const auto address = endpoint.address();
  if (address.is_v4()) {
    write(ipv4, address.to_v4().to_bytes());
  } else {
    write(ipv6, address.to_v6().to_bytes());
  }
}

}  // namespace

void add_address(MessageWriter& writer, AttributeType type, const Endpoint& endpoint) noexcept {
  static constexpr std::array<std::byte, 16> zeros{};
  add_masked(writer, type, endpoint, zeros);
}

void add_xor_address(MessageWriter& writer, AttributeType type, const Endpoint& endpoint) noexcept {
  add_masked(writer, type, endpoint, writer.id());
}

}  // namespace thence::stun
