#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace thence::dns {

/// Unpredictable query ids (RFC 5452 §9.2).
class RandomIds {
 public:
  /// @throws std::runtime_error if OpenSSL has no random numbers
  std::uint16_t next();

 private:
  // Fetched in bulk, as the cost is per call rather than per octet.
  std::array<std::uint8_t, 512> octets_{};
  std::size_t used_ = octets_.size();
};

}  // namespace thence::dns
