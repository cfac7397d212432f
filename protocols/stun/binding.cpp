#include "protocols/stun/binding.hpp"

#include "protocols/network_order.hpp"
#include "protocols/stun/error_code.hpp"
#include "protocols/stun/fingerprint.hpp"
#include "protocols/stun/mapped_address.hpp"
#include "protocols/stun/message.hpp"
#include "protocols/stun/unknown_attributes.hpp"

#include <algorithm>
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
  // RFC 3489 is defined only for UDP (RFC 5389 §12).
  if (message.classic() && !is_datagram(transport)) return Outcome::malformed;
  // RFC 3489 has no FINGERPRINT, so a message that has one but no cookie has lost the cookie in transit. The CRC, which
  // covers the cookie, detects that.
  if (message.has_fingerprint() && !fingerprint_holds(message)) return Outcome::bad_fingerprint;
  return {};
}

/// Only without a handshake can a source address be forged, to direct the reply at somebody else.
bool over_the_limit(RateLimit& limit, const Route& route, std::uint64_t now) noexcept {
  const auto& client = route.peer.address();
  return !source_validated(route.transport) && !client.is_loopback() &&
         limit.take(client, now) != RateLimit::Decision::answer;
}

Outcome refusal(Authentication::Standing standing) noexcept {
  switch (standing) {
    case Authentication::Standing::bad_request:
      return Outcome::bad_request;
    case Authentication::Standing::stale_nonce:
      return Outcome::stale_nonce;
    default:
      return Outcome::unauthenticated;
  }
}

std::size_t address_size(const Endpoint& endpoint) noexcept {
  return attribute_header_size + (endpoint.address().is_v4() ? 8 : 20);
}

/// What a request asks for with the attributes of RFC 5780 §7.
struct Wishes {
  ChangeRequest change;
  std::optional<std::uint16_t> response_port;
  std::optional<std::size_t> padding;  ///< octets
};

/// @return nothing if it asks for the impossible (RFC 5780 §6.1)
std::optional<Wishes> read_wishes(const Message& message, Understood understood, Transport transport) noexcept {
  Wishes wishes;
  if (const auto attribute = message.find(AttributeType::change_request)) {
    const auto change = read_change_request(*attribute);
    if (!change) return {};
    wishes.change = *change;
  }
  if (message.classic()) return wishes;
  if (const auto attribute = message.find(AttributeType::response_port); attribute && understood.response_port) {
    // Clients send 2 octets or, as specified, 2 more that are reserved.
    const auto value = attribute->value;
    if (value.size() != 2 && value.size() != 4) return {};
    wishes.response_port = load16(value.first<2>());
    if (*wishes.response_port == 0) return {};
  }
  if (const auto attribute = message.find(AttributeType::padding); attribute && understood.padding) {
    wishes.padding = attribute->value.size();
  }
  if (wishes.response_port && wishes.padding) return {};
  // A connection has one source and one peer.
  if (!is_datagram(transport) && (wishes.change.any() || wishes.response_port)) return {};
  return wishes;
}

/// Adds attributes while they fit a size limit.
class BoundedWriter {
 public:
  /// @param most the limit, in octets of the message
  BoundedWriter(MessageWriter& writer, std::size_t most) noexcept : writer_(writer), most_(most) {}

  bool classic() const noexcept { return writer_.classic(); }

  void add(AttributeType type, const Endpoint& endpoint) noexcept {
    if (address_size(endpoint) <= room()) add_address(writer_, type, endpoint);
  }

  void add_xor(AttributeType type, const Endpoint& endpoint) noexcept {
    if (address_size(endpoint) <= room()) add_xor_address(writer_, type, endpoint);
  }

  void add_padding(std::size_t octets) noexcept {
    if (room() < attribute_header_size) return;
    const auto length = std::min(octets, (room() - attribute_header_size) / 4 * 4);
    std::ranges::fill(writer_.add(AttributeType::padding, length), std::byte{});
  }

 private:
  std::size_t room() const noexcept { return most_ - std::min(most_, writer_.message().size()); }

  MessageWriter& writer_;
  std::size_t most_;
};

/// Adds the one attribute of a basic server.
void add_reflexive(MessageWriter& writer, const Endpoint& peer) noexcept {
  if (writer.classic()) {
    add_address(writer, AttributeType::mapped_address, peer);
  } else {
    add_xor_address(writer, AttributeType::xor_mapped_address, peer);
  }
}

/// Adds the attributes of RFC 5780 §6.1 or RFC 3489 §8.1, whose Test I sends no attribute and needs them too (§10.1),
/// to a success response, the most important first.
void add_behavior(BoundedWriter writer, const Endpoint& peer, const NatBehavior& behavior, const Sources& sources,
                  const Wishes& wishes) noexcept {
  const auto origin = behavior.advertised(sources.changed(wishes.change));
  if (writer.classic()) {
    writer.add(AttributeType::mapped_address, peer);
    if (sources.other) {
      writer.add(AttributeType::source_address, origin);
      writer.add(AttributeType::changed_address, behavior.advertised(*sources.other));
    }
    return;
  }
  writer.add_xor(AttributeType::xor_mapped_address, peer);
  if (sources.other) writer.add(AttributeType::other_address, behavior.advertised(*sources.other));
  writer.add(AttributeType::response_origin, origin);
  writer.add(AttributeType::mapped_address, peer);
  if (wishes.padding) writer.add_padding(*wishes.padding);
}

}  // namespace

Outcome answer(const Request& request, Reply& reply, Usage usage) noexcept {
  const auto message = Message::read(request.payload);
  if (!message) return Outcome::malformed;
  if (const auto outcome = silence(*message, request.route.transport)) return *outcome;
  if (usage.limit != nullptr && over_the_limit(*usage.limit, request.route, usage.clock())) {
    return Outcome::limited;
  }

  const bool classic = message->classic();
  const auto now = usage.credentials != nullptr ? seconds_of(usage.clock()) : 0;
  const auto authentication =
      usage.credentials != nullptr ? usage.credentials->check(*message, request.route, now) : Authentication{};
  const bool fingerprint = message->has_fingerprint() && !classic;
  const std::size_t behind =
      (authentication.key.empty() ? 0 : largest_integrity_size) + (fingerprint ? fingerprint_size : 0);
  const auto finish = [&](MessageWriter& writer, Outcome outcome) {
    if (usage.credentials != nullptr) usage.credentials->add_integrity(writer, authentication);
    if (fingerprint) add_fingerprint(writer);
    reply.size = writer.message().size();
    return outcome;
  };

  if (!authentication.accepted()) {
    MessageWriter writer(reply.buffer, MessageClass::error, message->id());
    usage.credentials->add_refusal(writer, authentication, request.route, now);
    return finish(writer, refusal(authentication.standing));
  }
  const auto refuse = [&](unsigned code, std::string_view reason) {
    MessageWriter writer(reply.buffer, MessageClass::error, message->id());
    add_error_code(writer, code, reason);
    return writer;
  };

  const auto* const behavior = usage.behavior;
  Sources sources{request.route.local, {}};
  Understood understood;
  if (behavior != nullptr) {
    sources = behavior->sources(request.route);
    // On a connection the attribute is understood, although nothing can be changed.
    understood = {sources.other.has_value() || !is_datagram(request.route.transport),
                  behavior->settings().response_port && !request.route.proxied, behavior->settings().padding};
  }
  if (has_unknown_attributes(*message, understood)) {
    auto writer = refuse(420, "Unknown Attribute");
    add_unknown_attributes(writer, *message, understood, behind);
    return finish(writer, Outcome::unknown_attribute);
  }
  const auto wishes = read_wishes(*message, understood, request.route.transport);
  if (!wishes) {
    auto writer = refuse(400, "Bad Request");
    return finish(writer, Outcome::bad_request);
  }

  MessageWriter writer(reply.buffer, MessageClass::success, message->id());
  if (behavior == nullptr) {
    add_reflexive(writer, request.route.peer);
  } else {
    const auto most = std::min(request.payload.size() * behavior->settings().amplification, reply.buffer.size());
    add_behavior(BoundedWriter(writer, most - behind), request.route.peer, *behavior, sources, *wishes);
    reply.route.local = sources.changed(wishes->change);
    if (wishes->response_port) reply.route.peer.port(*wishes->response_port);
  }
  return finish(writer, classic ? Outcome::success_classic : Outcome::success);
}

}  // namespace thence::stun
