#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace thence::stun {

/// The attribute types that this server deals with, named as in the IANA registry (RFC 8489 §18.3). A message can hold
/// any other 16-bit value as well.
enum class AttributeType : std::uint16_t {
  mapped_address = 0x0001,
  change_request = 0x0003,   ///< RFC 3489 §11.2.4, RFC 5780 §7.2
  source_address = 0x0004,   ///< RFC 3489 only
  changed_address = 0x0005,  ///< RFC 3489 only
  username = 0x0006,
  password = 0x0007,  ///< RFC 3489 only
  message_integrity = 0x0008,
  error_code = 0x0009,
  unknown_attributes = 0x000A,
  reflected_from = 0x000B,  ///< RFC 3489 only
  realm = 0x0014,
  nonce = 0x0015,
  message_integrity_sha256 = 0x001C,
  password_algorithm = 0x001D,
  userhash = 0x001E,
  xor_mapped_address = 0x0020,
  padding = 0x0026,        ///< RFC 5780 §7.6
  response_port = 0x0027,  ///< RFC 5780 §7.5
  password_algorithms = 0x8002,
  software = 0x8022,
  fingerprint = 0x8028,
  response_origin = 0x802B,  ///< RFC 5780 §7.3
  other_address = 0x802C,    ///< RFC 5780 §7.4
};

/// Whether a receiver must understand the type to process the message (RFC 8489 §14). Types from 0x8000 are optional.
constexpr bool comprehension_required(AttributeType type) noexcept { return static_cast<std::uint16_t>(type) < 0x8000; }

/// An attribute inside a message; it lives as long as the message's octets.
struct Attribute {
  AttributeType type;
  std::span<const std::byte> value;  ///< without padding
};

}  // namespace thence::stun
