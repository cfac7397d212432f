#pragma once

#include "responder/probe/resolve.hpp"

namespace thence::probe {

/// How to find a STUN server by name (RFC 8489 §8).
inline const Service stun_service{.srv = "_stun._udp", .port = 3478};

}  // namespace thence::probe
