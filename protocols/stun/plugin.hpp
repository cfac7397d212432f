#pragma once

#include "protocols/protocol.hpp"

namespace thence::stun {

/// Reads the settings under `stun`.
/// @param before of this plugin, or nullptr
std::shared_ptr<const Service> load(const config::Cursor& section, const Service* before);

/// A Binding request without attributes (RFC 8489 §12) whose transaction id is derived from the nonce.
std::vector<std::byte> probe(std::uint64_t nonce);

/// Whether a message is a response to that request (RFC 8489 §6.3.3), success or error: a server may ask for
/// credentials.
bool answers(std::span<const std::byte> probe, std::span<const std::byte> message);

extern const Plugin plugin;

}  // namespace thence::stun
