#pragma once

#include "protocols/stun/message.hpp"

#include <optional>

namespace thence::stun {

/// CHANGE-REQUEST (RFC 5780 §7.2, RFC 3489 §11.2.4): from where the client wants the response.
struct ChangeRequest {
  bool address = false;  ///< from another address than was asked
  bool port = false;     ///< from another port than was asked

  bool any() const noexcept { return address || port; }
  friend bool operator==(const ChangeRequest&, const ChangeRequest&) = default;
};

/// @return nothing when the attribute is not 4 octets long. Other flags than these two are ignored.
std::optional<ChangeRequest> read_change_request(const Attribute& attribute) noexcept;

void add_change_request(MessageWriter& writer, ChangeRequest change) noexcept;

}  // namespace thence::stun
