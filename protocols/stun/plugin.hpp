#pragma once

#include "protocols/protocol.hpp"

namespace thence::stun {

/// The settings of the key `stun`: none so far.
Service load(const config::Cursor& section);

/// A Binding request without attributes (RFC 8489 §12) whose transaction id is made of the nonce.
std::vector<std::byte> probe(std::uint64_t nonce);

/// Whether a message is the success response to that request (RFC 8489 §6.3.3).
bool answers(std::span<const std::byte> probe, std::span<const std::byte> message);

inline constexpr Plugin plugin{"stun", "STUN", load, probe, answers};

}  // namespace thence::stun
