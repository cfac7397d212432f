#include "protocols/stun/fingerprint.hpp"

#include "protocols/network_order.hpp"

#include <zlib.h>

namespace thence::stun {
namespace {

std::uint32_t fingerprint_of(std::span<const std::byte> octets) noexcept {
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(octets.data()), octets.size());
  return static_cast<std::uint32_t>(crc) ^ 0x5354554E;
}

}  // namespace

bool fingerprint_holds(const Message& message) noexcept {
  const auto octets = message.octets();
  return load32(octets.last<4>()) == fingerprint_of(octets.first(octets.size() - fingerprint_size));
}

void add_fingerprint(MessageWriter& writer) noexcept {
  const auto value = writer.add(AttributeType::fingerprint, 4);
  const auto message = writer.message();
  store32(value.first<4>(), fingerprint_of(message.first(message.size() - fingerprint_size)));
}

}  // namespace thence::stun
