#include "protocols/stun/message.hpp"

#include "protocols/network_order.hpp"

#include <algorithm>

namespace thence::stun {
namespace {

constexpr std::uint16_t class_bits = 0x0110;

constexpr std::size_t padded(std::size_t length) noexcept { return (length + 3) & ~std::size_t{3}; }

std::uint16_t type_of(std::span<const std::byte> start) noexcept { return load16(start.first<2>()); }
std::uint16_t length_of(std::span<const std::byte> start) noexcept { return load16(start.subspan<2, 2>()); }

bool is_integrity(AttributeType type) noexcept {
  return type == AttributeType::message_integrity || type == AttributeType::message_integrity_sha256;
}

}  // namespace

std::string method_text(std::uint16_t method) {
  if (method == binding) return "Binding";
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "method 0x";
  for (const unsigned shift : {8U, 4U, 0U}) text += digits[method >> shift & 0x0FU];
  return text;
}

bool has_magic_cookie(std::span<const std::byte> start) noexcept {
  return load32(start.subspan<4, 4>()) == magic_cookie;
}

std::size_t message_size(std::span<const std::byte> start) noexcept {
  const auto length = length_of(start);
  return type_of(start) < 0x4000 && length % 4 == 0 ? header_size + length : 0;
}

std::optional<Message> Message::read(std::span<const std::byte> octets) noexcept {
  if (octets.size() < header_size || message_size(octets) != octets.size()) return {};
  bool fingerprint = false;
  // All sizes are multiples of 4, so the rest is empty or holds at least an attribute header.
  for (auto rest = octets.subspan(header_size); !rest.empty();) {
    const std::size_t length = length_of(rest);
    const auto size = attribute_header_size + padded(length);
    if (size > rest.size()) return {};
    if (AttributeType{type_of(rest)} == AttributeType::fingerprint) {
      if (length != 4 || size != rest.size()) return {};
      fingerprint = true;
    }
    rest = rest.subspan(size);
  }
  return Message(octets, fingerprint);
}

MessageClass Message::message_class() const noexcept { return MessageClass(type_of(octets_) & class_bits); }

std::uint16_t Message::method() const noexcept { return type_of(octets_) & static_cast<std::uint16_t>(~class_bits); }

std::optional<Attribute> Message::find(AttributeType type) const noexcept {
  for (const auto attribute : *this) {
    if (attribute.type == type) return attribute;
  }
  return {};
}

Attribute Message::Iterator::operator*() const noexcept {
  return {AttributeType{type_of(rest_)}, rest_.subspan(attribute_header_size, length_of(rest_))};
}

Message::Iterator& Message::Iterator::operator++() noexcept {
  behind_integrity_ = behind_integrity_ || is_integrity(AttributeType{type_of(rest_)});
  bool counts = false;
  do {
    rest_ = rest_.subspan(attribute_header_size + padded(length_of(rest_)));
    if (rest_.empty()) break;
    const AttributeType type{type_of(rest_)};
    counts =
        !behind_integrity_ || type == AttributeType::message_integrity_sha256 || type == AttributeType::fingerprint;
  } while (!counts);
  return *this;
}

MessageWriter::MessageWriter(std::span<std::byte> buffer, MessageClass message_class, MessageId id) noexcept
    : buffer_(buffer) {
  store16(buffer.first<2>(), static_cast<std::uint16_t>(binding | static_cast<std::uint16_t>(message_class)));
  store16(buffer.subspan<2, 2>(), 0);
  std::copy(id.begin(), id.end(), buffer.begin() + 4);
}

std::span<std::byte> MessageWriter::add(AttributeType type, std::size_t length) noexcept {
  const auto at = buffer_.subspan(size_, attribute_header_size + padded(length));
  // Zero the padding first, as it shares its word with the end of the value, which is written later.
  if (length % 4 != 0) store32(at.last<4>(), 0);
  store16(at.first<2>(), static_cast<std::uint16_t>(type));
  store16(at.subspan<2, 2>(), static_cast<std::uint16_t>(length));
  size_ += at.size();
  store16(buffer_.subspan<2, 2>(), static_cast<std::uint16_t>(size_ - header_size));
  return at.subspan(attribute_header_size, length);
}

}  // namespace thence::stun
