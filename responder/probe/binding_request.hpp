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

/// A transaction id with 96 unpredictable bits (RFC 8489 §5).
/// @throws std::runtime_error when the system's random number generator fails
TransactionId new_transaction_id();

/// The optional contents of a Binding request.
struct BindingWishes {
  stun::ChangeRequest change{};     ///< CHANGE-REQUEST; left out when it asks for no change
  std::uint16_t response_port = 0;  ///< RESPONSE-PORT (RFC 5780 §7.5); 0: none
  std::uint16_t padding = 0;        ///< octets of PADDING (RFC 5780 §7.6); 0: none
  std::uint16_t ballast = 0;  ///< octets of a comprehension-optional attribute, which servers ignore (RFC 8489 §14)
};

/// A Binding request (RFC 8489 §12).
std::vector<std::byte> binding_request(const TransactionId& id, const BindingWishes& wishes = {});

}  // namespace thence::probe
