#include "protocols/stun/unknown_attributes.hpp"

#include "protocols/network_order.hpp"
#include "protocols/stun/change_request.hpp"

#include <algorithm>
#include <bitset>

namespace thence::stun {
namespace {

/// Which attributes of one request are understood.
class Comprehension {
 public:
  Comprehension(const Message& request, Understood understood) noexcept
      : understood_(understood), classic_(request.classic()) {
    const auto attribute = request.find(AttributeType::change_request);
    stays_ = !attribute || read_change_request(*attribute) == ChangeRequest{};
  }

  bool covers(AttributeType type) const noexcept {
    if (!comprehension_required(type)) return true;
    switch (type) {
      // Known but not expected in a request: ignored (RFC 8489 §6.3).
      case AttributeType::mapped_address:
      case AttributeType::error_code:
      case AttributeType::unknown_attributes:
      case AttributeType::xor_mapped_address:
      // Credentials: already checked, or not required (§12) and therefore ignored like the above. The reply's
      // MESSAGE-INTEGRITY tells the client which.
      case AttributeType::username:
      case AttributeType::userhash:
      case AttributeType::message_integrity:
      case AttributeType::message_integrity_sha256:
      case AttributeType::realm:
      case AttributeType::nonce:
      case AttributeType::password_algorithm:
        return true;
      // RFC 3489 §11.2 ignores these in a request; since RFC 5389 their types are reserved, and therefore unknown.
      case AttributeType::source_address:
      case AttributeType::changed_address:
      case AttributeType::password:
      case AttributeType::reflected_from:
        return classic_;
      // Without a second address, a request for a change is refused (RFC 5780 §6), but not one with no flags set.
      case AttributeType::change_request:
        return stays_ || understood_.change_request;
      case AttributeType::response_port:
        return understood_.response_port && !classic_;
      case AttributeType::padding:
        return understood_.padding && !classic_;
      default:
        return false;
    }
  }

 private:
  Understood understood_;
  bool classic_;
  bool stays_;
};

}  // namespace

bool has_unknown_attributes(const Message& request, Understood understood) noexcept {
  const Comprehension comprehension(request, understood);
  for (const Attribute each : request) {
    if (!comprehension.covers(each.type)) return true;
  }
  return false;
}

void add_unknown_attributes(MessageWriter& writer, const Message& request, Understood understood,
                            std::size_t behind) noexcept {
  const Comprehension comprehension(request, understood);
  // One bit per type keeps this linear in the size of the request.
  std::bitset<0x8000> unlisted;
  std::size_t count = 0;
  for (const Attribute each : request) {
    const auto type = static_cast<std::uint16_t>(each.type);
    if (comprehension.covers(each.type) || unlisted.test(type)) continue;
    unlisted.set(type);
    ++count;
  }
  const auto room = (writer.room() - attribute_header_size - behind) / 4 * 2;
  count = std::min(count, room);
  const auto repeated = writer.classic() ? count % 2 : 0;

  auto list = writer.add(AttributeType::unknown_attributes, 2 * (count + repeated));
  std::uint16_t last = 0;
  const auto append = [&list](std::uint16_t type) {
    store16(list.first<2>(), type);
    list = list.subspan(2);
  };
  for (const Attribute each : request) {
    const auto type = static_cast<std::uint16_t>(each.type);
    if (list.empty()) break;
    if (!comprehension_required(each.type) || !unlisted.test(type)) continue;
    unlisted.reset(type);
    append(last = type);
  }
  if (!list.empty()) append(last);
}

}  // namespace thence::stun
