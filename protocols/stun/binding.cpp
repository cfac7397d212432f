#include "protocols/stun/binding.hpp"

#include "protocols/stun/error_code.hpp"
#include "protocols/stun/fingerprint.hpp"
#include "protocols/stun/mapped_address.hpp"
#include "protocols/stun/message.hpp"
#include "protocols/stun/unknown_attributes.hpp"

#include <optional>

namespace thence::stun {
namespace {

/// Why a message is not answered at all (RFC 8489 §6.3).
std::optional<Outcome> silence(const Message& message, Transport transport) noexcept {
  switch (message.message_class()) {
    case MessageClass::request:
      break;
    case MessageClass::indication:
      return Outcome::indication;
    case MessageClass::success:
    case MessageClass::error:
      return Outcome::response;
  }
  if (message.method() != binding) return Outcome::unknown_method;
  // RFC 3489 knows UDP only (RFC 5389 §12).
  if (message.classic() && transport == Transport::tcp) return Outcome::malformed;
  // RFC 3489 does not know FINGERPRINT, so a message that has one lost its cookie on the way, if it is not there: the
  // CRC, which covers it, tells.
  if (message.has_fingerprint() && !fingerprint_holds(message)) return Outcome::bad_fingerprint;
  return {};
}

}  // namespace

Outcome answer(const Request& request, Reply& reply) noexcept {
  const auto message = Message::read(request.payload);
  if (!message) return Outcome::malformed;
  if (const auto outcome = silence(*message, request.route.transport)) return *outcome;

  const bool classic = message->classic();
  const bool refused = has_unknown_attributes(*message);
  MessageWriter writer(reply.buffer, refused ? MessageClass::error : MessageClass::success, message->id());
  if (refused) {
    add_error_code(writer, 420, "Unknown Attribute");
    add_unknown_attributes(writer, *message);
  } else if (classic) {
    add_address(writer, AttributeType::mapped_address, request.route.peer);
  } else {
    add_xor_address(writer, AttributeType::xor_mapped_address, request.route.peer);
  }
  if (message->has_fingerprint() && !classic) add_fingerprint(writer);
  reply.size = writer.message().size();

  if (refused) return Outcome::unknown_attribute;
  return classic ? Outcome::success_classic : Outcome::success;
}

}  // namespace thence::stun
