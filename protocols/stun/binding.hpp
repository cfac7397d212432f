#pragma once

#include "protocols/coarse_clock.hpp"
#include "protocols/protocol.hpp"
#include "protocols/rate_limit.hpp"
#include "protocols/stun/credentials.hpp"
#include "protocols/stun/nat_behavior.hpp"

#include <cstdint>

namespace thence::stun {

/// What became of a datagram or of a message of a stream.
enum class Outcome : std::uint8_t {
  success,            ///< replied: where the request came from
  success_classic,    ///< the same, to a client of RFC 3489
  limited,            ///< over the limit of replies
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

/// What a server does beyond a basic one (RFC 8489 §12), on one worker.
struct Usage {
  const NatBehavior* behavior = nullptr;     ///< RFC 5780
  CredentialChecker* credentials = nullptr;  ///< RFC 8489 §9
  RateLimit* limit = nullptr;                ///< of replies
  Clock clock = coarse_monotonic_clock;      ///< that nonces and the limit go by
};

/// Answers a Binding request (RFC 8489 §6.3, §12; RFC 5389 §12.2 for clients of RFC 3489). Keeps nothing, so a
/// retransmission gets the same reply (§6.3.1).
/// @param reply written only where the outcome is one that is replied. At least 4096 octets of buffer list the unknown
///              attributes of any request of 4096 octets. Its route is that of the request but for what RFC 5780
///              changes: the source by CHANGE-REQUEST, the peer's port by RESPONSE-PORT.
Outcome answer(const Request& request, Reply& reply, Usage usage = {}) noexcept;

}  // namespace thence::stun
