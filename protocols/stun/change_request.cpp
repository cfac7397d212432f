#include "protocols/stun/change_request.hpp"

#include "protocols/network_order.hpp"

namespace thence::stun {
namespace {

constexpr std::uint32_t change_address = 0x4;
constexpr std::uint32_t change_port = 0x2;

}  // namespace

std::optional<ChangeRequest> read_change_request(const Attribute& attribute) noexcept {
  if (attribute.value.size() != 4) return {};
  const auto flags = load32(attribute.value.first<4>());
  return ChangeRequest{.address = (flags & change_address) != 0, .port = (flags & change_port) != 0};
}

void add_change_request(MessageWriter& writer, ChangeRequest change) noexcept {
  const auto flags = (change.address ? change_address : 0U) | (change.port ? change_port : 0U);
  store32(writer.add(AttributeType::change_request, 4).first<4>(), flags);
}

}  // namespace thence::stun
