#pragma once

#include "protocols/stun/message.hpp"

#include <optional>
#include <string_view>

namespace thence::stun {

/// ERROR-CODE of a response; valid for as long as the message's octets.
struct ErrorCode {
  unsigned code = 0;        ///< 300 to 699
  std::string_view reason;  ///< from the peer: may contain anything
};

/// @return nothing if the attribute is too short or its code invalid (RFC 8489 §14.8)
std::optional<ErrorCode> read_error_code(const Attribute& attribute) noexcept;

/// Adds ERROR-CODE (RFC 8489 §14.8).
/// @param code 300 to 699
/// @param reason UTF-8 for people, less than 128 characters. In a classic reply it is padded with spaces to a multiple
///               of 4 octets (RFC 3489 §11.2.9).
void add_error_code(MessageWriter& writer, unsigned code, std::string_view reason) noexcept;

}  // namespace thence::stun
