#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace thence::dns {

/// Numbers that nobody can foresee, for the ids of queries (RFC 5452 §9.2).
class RandomIds {
 public:
  /// @throws std::runtime_error where the cryptographic library has no random numbers
  std::uint16_t next();

 private:
  // Fetched in bulk: a call costs far more than its octets.
  std::array<std::uint8_t, 512> octets_{};
  std::size_t used_ = octets_.size();
};

}  // namespace thence::dns
