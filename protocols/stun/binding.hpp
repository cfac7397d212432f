#pragma once

#include "protocols/coarse_clock.hpp"
#include "protocols/protocol.hpp"
#include "protocols/rate_limit.hpp"
#include "protocols/stun/credentials.hpp"
#include "protocols/stun/nat_behavior.hpp"

#include <cstdint>

namespace thence::stun {

/// How a message was handled.
enum class Outcome : std::uint8_t {
  success,            ///< replied: the reflexive transport address
  success_classic,    ///< the same, to an RFC 3489 client
  limited,            ///< over the rate limit
  bad_request,        ///< replied: 400
  unauthenticated,    ///< replied: 401
  unknown_attribute,  ///< replied: 420
  stale_nonce,        ///< replied: 438
  malformed,          ///< no STUN message, or a classic one over TCP
  bad_fingerprint,
  response,
  indication,
  unknown_method,
};

/// What one worker does beyond a basic STUN server (RFC 8489 §12).
struct Usage {
  const NatBehavior* behavior = nullptr;     ///< RFC 5780
  CredentialChecker* credentials = nullptr;  ///< RFC 8489 §9
  RateLimit* limit = nullptr;                ///< of the reply rate
  Clock clock = coarse_monotonic_clock;      ///< for nonces and the limit
};

/// Answers a Binding request (RFC 8489 §6.3, §12; RFC 5389 §12.2 for RFC 3489 clients). Stateless, so a retransmission
/// gets the same reply (§6.3.1).
/// @param reply written only if the outcome is a reply. A buffer of 4096 octets can list all unknown attributes of any
///              4096-octet request. The route is the request's, except that CHANGE-REQUEST changes the source and
///              RESPONSE-PORT the peer's port (RFC 5780).
Outcome answer(const Request& request, Reply& reply, Usage usage = {}) noexcept;

}  // namespace thence::stun
