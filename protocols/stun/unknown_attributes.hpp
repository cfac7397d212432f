#pragma once

#include "protocols/stun/message.hpp"

namespace thence::stun {

/// Whether a Binding request has attributes that a server must understand to answer it and that this one does not
/// (RFC 8489 §6.3.1).
bool has_unknown_attributes(const Message& request) noexcept;

/// Adds UNKNOWN-ATTRIBUTES (RFC 8489 §14.13): the types of those attributes, each once, in the order of the request. In
/// a classic reply an odd number is made even by repeating the last one (RFC 3489 §11.2.10). Room for FINGERPRINT is
/// left; types that do not fit are not listed, which happens only to requests about twice as long as the reply's
/// buffer.
void add_unknown_attributes(MessageWriter& writer, const Message& request) noexcept;

}  // namespace thence::stun
