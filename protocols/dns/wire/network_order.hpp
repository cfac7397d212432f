#pragma once

#include "protocols/network_order.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace thence::dns {

/// Octets of a message, name or record in wire form. Numbers are in network byte order (RFC 1035 §2.3.2).
using Octets = std::span<const std::uint8_t>;

inline Octets octets_of(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace thence::dns
