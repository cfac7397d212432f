#pragma once

#include "protocols/stun/message.hpp"

namespace thence::stun {

/// FINGERPRINT (RFC 8489 §14.7): CRC-32 of the message up to it, with a length that already includes it, xor
/// 0x5354554E.

/// Octets that add_fingerprint() adds.
inline constexpr std::size_t fingerprint_size = 8;

/// Whether the FINGERPRINT of a message that has one is correct.
bool fingerprint_holds(const Message& message) noexcept;

/// Adds FINGERPRINT, which must be the last attribute.
void add_fingerprint(MessageWriter& writer) noexcept;

}  // namespace thence::stun
