#pragma once

#include <cstdint>

namespace thence::bench {

/// What the load generator reads from an answer.
struct Answer {
  enum class Kind : std::uint8_t {
    positive,
    negative,  ///< the name does not exist (DNS)
    failure,   ///< any other error
  };
  std::uint64_t token;  ///< the request's, limited to the bits that the protocol's messages carry
  Kind kind;
};

}  // namespace thence::bench
