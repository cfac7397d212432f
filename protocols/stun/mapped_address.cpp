#include "protocols/stun/mapped_address.hpp"

#include "protocols/network_order.hpp"

#include <algorithm>
#include <array>

namespace thence::stun {
namespace {

constexpr std::size_t family_and_port_size = 4;
constexpr std::uint16_t ipv4 = 1;
constexpr std::uint16_t ipv6 = 2;

// A mask of zeros leaves the address unchanged, so this serves both forms.
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

template <typename Address>
Address read_octets(std::span<const std::byte> octets, MessageId mask) noexcept {
  typename Address::bytes_type address{};
  std::transform(octets.begin(), octets.end(), mask.begin(), address.begin(),
                 [](std::byte octet, std::byte bits) { return std::to_integer<unsigned char>(octet ^ bits); });
  return Address(address);
}

std::optional<Endpoint> read_masked(std::span<const std::byte> value, MessageId mask) noexcept {
  if (value.size() < family_and_port_size) return {};
  const auto octets = value.subspan(family_and_port_size);
  // The first octet must be ignored (RFC 8489 §14.1).
  const auto family = std::to_integer<std::uint16_t>(value[1]);
  const auto port = static_cast<std::uint16_t>(load16(value.subspan<2, 2>()) ^ load16(mask.first<2>()));
  if (family == ipv4 && octets.size() == 4)
    return Endpoint(read_octets<boost::asio::ip::address_v4>(octets, mask), port);
  if (family == ipv6 && octets.size() == 16)
    return Endpoint(read_octets<boost::asio::ip::address_v6>(octets, mask), port);
  return {};
}

constexpr std::array<std::byte, 16> zeros{};

}  // namespace

void add_address(MessageWriter& writer, AttributeType type, const Endpoint& endpoint) noexcept {
  add_masked(writer, type, endpoint, zeros);
}

void add_xor_address(MessageWriter& writer, AttributeType type, const Endpoint& endpoint) noexcept {
  add_masked(writer, type, endpoint, writer.id());
}

std::optional<Endpoint> read_address(const Attribute& attribute) noexcept {
  return read_masked(attribute.value, zeros);
}

std::optional<Endpoint> read_xor_address(const Attribute& attribute, MessageId id) noexcept {
  return read_masked(attribute.value, id);
}

}  // namespace thence::stun
