#pragma once

#include "protocols/route.hpp"

#include <string>

namespace thence {

/// `192.0.2.1:53`, `[2001:db8::1]:53` (RFC 5952 §6).
inline std::string text(const Endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(endpoint.port());
}

}  // namespace thence
