#include "responder/probe/binding_request.hpp"

#include "protocols/network_order.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include <openssl/rand.h>

namespace thence::probe {

using stun::AttributeType;

TransactionId new_transaction_id() {
  TransactionId id{};
  const std::span octets(id);
  store32(octets.first<4>(), stun::magic_cookie);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(id.data() + 4), static_cast<int>(id.size() - 4)) != 1)
    throw std::runtime_error("the system has no random numbers");
  return id;
}

std::vector<std::byte> binding_request(const TransactionId& id, const BindingWishes& wishes) {
  constexpr std::size_t room_without_padding = 64;
  constexpr AttributeType unassigned_and_optional{0xFFFE};
  std::vector<std::byte> buffer(room_without_padding + wishes.padding + wishes.ballast);
  stun::MessageWriter writer(buffer, stun::MessageClass::request, id);
  if (wishes.change.any()) add_change_request(writer, wishes.change);
  if (wishes.response_port != 0) {
    const auto value = writer.add(AttributeType::response_port, 4);
    store16(value.first<2>(), wishes.response_port);
    store16(value.last<2>(), 0);
  }
  if (wishes.padding != 0) std::ranges::fill(writer.add(AttributeType::padding, wishes.padding), std::byte{0});
  if (wishes.ballast != 0) std::ranges::fill(writer.add(unassigned_and_optional, wishes.ballast), std::byte{0});
  buffer.resize(writer.message().size());
  return buffer;
}

}  // namespace thence::probe
