#pragma once

#include "protocols/stun/change_request.hpp"
#include "protocols/stun/message.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace thence::probe {

/// Magic cookie and transaction id.
using TransactionId = std::array<std::byte, 16>;

/// An id whose 96 bits nobody can guess (RFC 8489 §5).
/// @throws std::runtime_error when the system has no random numbers
TransactionId new_transaction_id();

/// What a Binding request asks for besides an answer.
struct BindingWishes {
  stun::ChangeRequest change{};     ///< no CHANGE-REQUEST when it asks for nothing
  std::uint16_t response_port = 0;  ///< RESPONSE-PORT (RFC 5780 §7.5); 0: none
  std::uint16_t padding = 0;        ///< octets of PADDING (RFC 5780 §7.6); 0: none
  std::uint16_t ballast = 0;        ///< octets of an attribute that a server ignores (RFC 8489 §14); 0: none
};

/// A Binding request (RFC 8489 §12).
std::vector<std::byte> binding_request(const TransactionId& id, const BindingWishes& wishes = {});

}  // namespace thence::probe
