#include "responder/probe/binding_response.hpp"

#include "protocols/network_order.hpp"
#include "protocols/stun/error_code.hpp"
#include "protocols/stun/fingerprint.hpp"
#include "protocols/stun/mapped_address.hpp"

#include <algorithm>

namespace thence::probe {

namespace {

using stun::AttributeType;
using stun::Message;
using stun::MessageClass;

bool understood(AttributeType type) {
  if (!stun::comprehension_required(type)) return true;
  switch (type) {
    case AttributeType::mapped_address:
    case AttributeType::source_address:  // RFC 3489 servers send these two to newer clients too
    case AttributeType::changed_address:
    case AttributeType::username:
    case AttributeType::message_integrity:
    case AttributeType::error_code:
    case AttributeType::unknown_attributes:
    case AttributeType::reflected_from:
    case AttributeType::realm:
    case AttributeType::nonce:
    case AttributeType::message_integrity_sha256:
    case AttributeType::password_algorithm:
    case AttributeType::userhash:
    case AttributeType::xor_mapped_address:
    case AttributeType::padding:
      return true;
    default:
      return false;
  }
}

std::optional<Endpoint> address_in(const Message& message, AttributeType type) {
  const auto attribute = message.find(type);
  return attribute ? stun::read_address(*attribute) : std::nullopt;
}

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, 127));
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char each) { return each < 0x20 || each >= 0x7f; }, '?');
  return shown;
}

bool read_error(const Message& message, BindingResponse& response) {
  const auto attribute = message.find(AttributeType::error_code);
  const auto error = attribute ? stun::read_error_code(*attribute) : std::nullopt;
  if (!error) return false;
  response.error = error->code;
  response.reason = printable(error->reason);
  if (const auto unknown = message.find(AttributeType::unknown_attributes)) {
    for (auto rest = unknown->value; rest.size() >= 2; rest = rest.subspan(2))
      response.unknown_attributes.push_back(load16(rest.first<2>()));
  }
  return true;
}

bool read_success(const Message& message, BindingResponse& response) {
  response.mapped = address_in(message, AttributeType::mapped_address);
  const auto attribute = message.find(AttributeType::xor_mapped_address);
  response.reflexive = attribute ? stun::read_xor_address(*attribute, message.id()) : response.mapped;
  return response.reflexive.has_value();
}

/// @return nothing unless the octets are a Binding message with that id
std::optional<Message> read_message(std::span<const std::byte> octets, stun::MessageId id) {
  const auto message = Message::read(octets);
  if (!message || message->method() != stun::binding || !std::ranges::equal(message->id(), id)) return {};
  if (message->has_fingerprint() && !stun::fingerprint_holds(*message)) return {};
  return message;
}

}  // namespace

std::optional<BindingResponse> read_binding_response(std::span<const std::byte> octets, stun::MessageId id) {
  const auto message = read_message(octets, id);
  if (!message) return {};
  for (const stun::Attribute each : *message) {
    if (!understood(each.type)) return {};
  }
  BindingResponse response;
  response.response_origin = address_in(*message, AttributeType::response_origin);
  response.other_address = address_in(*message, AttributeType::other_address);
  if (const auto padding = message->find(AttributeType::padding)) response.padding = padding->value.size();
  if (message->message_class() == MessageClass::success && read_success(*message, response)) return response;
  if (message->message_class() == MessageClass::error && read_error(*message, response)) return response;
  return {};
}

bool is_binding_request(std::span<const std::byte> octets, stun::MessageId id) {
  const auto message = read_message(octets, id);
  return message && message->message_class() == MessageClass::request;
}

}  // namespace thence::probe
