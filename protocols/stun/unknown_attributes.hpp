#pragma once

#include "protocols/stun/message.hpp"

namespace thence::stun {

/// What is understood beyond RFC 8489, of the attributes of RFC 5780 §7.
struct Understood {
  bool change_request = false;  ///< with a flag set: there are another address and another port to answer from
  bool response_port = false;
  bool padding = false;
};

/// Whether a Binding request has attributes that a server must understand to answer it and that this one does not
/// (RFC 8489 §6.3.1).
bool has_unknown_attributes(const Message& request, Understood understood) noexcept;

/// Adds UNKNOWN-ATTRIBUTES (RFC 8489 §14.13): the types of those attributes, each once, in the order of the request. In
/// a classic reply an odd number is made even by repeating the last one (RFC 3489 §11.2.10). Types that do not fit are
/// not listed, which happens only to requests about twice as long as the reply's buffer.
/// @param behind octets of the buffer that are left for what is added behind it
void add_unknown_attributes(MessageWriter& writer, const Message& request, Understood understood,
                            std::size_t behind) noexcept;

}  // namespace thence::stun
