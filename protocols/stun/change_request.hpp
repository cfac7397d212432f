#pragma once

#include "protocols/stun/message.hpp"

#include <optional>

namespace thence::stun {

/// CHANGE-REQUEST (RFC 5780 §7.2, RFC 3489 §11.2.4): where the client wants the response to come from.
struct ChangeRequest {
  bool address = false;  ///< from another address than the request was sent to
  bool port = false;     ///< from another port than the request was sent to

  bool any() const noexcept { return address || port; }
  friend bool operator==(const ChangeRequest&, const ChangeRequest&) = default;
};

/// @return nothing if the attribute is not 4 octets long. Flags other than these two are ignored.
std::optional<ChangeRequest> read_change_request(const Attribute& attribute) noexcept;

void add_change_request(MessageWriter& writer, ChangeRequest change) noexcept;

}  // namespace thence::stun
