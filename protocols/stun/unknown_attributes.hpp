#pragma once

#include "protocols/stun/message.hpp"

namespace thence::stun {

/// The attributes of RFC 5780 §7 that are understood in addition to RFC 8489.
struct Understood {
  bool change_request = false;  ///< with a flag set: there is another address and port to answer from
  bool response_port = false;
  bool padding = false;
};

/// Whether a Binding request has comprehension-required attributes that this server does not understand (RFC 8489
/// §6.3.1).
bool has_unknown_attributes(const Message& request, Understood understood) noexcept;

/// Adds UNKNOWN-ATTRIBUTES (RFC 8489 §14.13): the types of those attributes, each once, in the order of the request. A
/// classic reply repeats the last of an odd number (RFC 3489 §11.2.10). Types that do not fit are left out, which takes
/// a request about twice as long as the reply's buffer.
/// @param behind octets of the buffer to leave for what follows
void add_unknown_attributes(MessageWriter& writer, const Message& request, Understood understood,
                            std::size_t behind) noexcept;

}  // namespace thence::stun
