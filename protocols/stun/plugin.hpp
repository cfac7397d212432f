#pragma once

#include "protocols/protocol.hpp"

namespace thence::stun {

/// Reads the settings of the key `stun`.
Service load(const config::Cursor& section);

/// A Binding request without attributes (RFC 8489 §12) whose transaction id is made of the nonce.
std::vector<std::byte> probe(std::uint64_t nonce);

/// Whether a message is a response to that request (RFC 8489 §6.3.3), of success or of an error: a server may ask for
/// credentials.
bool answers(std::span<const std::byte> probe, std::span<const std::byte> message);

inline constexpr Plugin plugin{"stun", "STUN", load, probe, answers};

}  // namespace thence::stun
