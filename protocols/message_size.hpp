#pragma once

#include <cstddef>

namespace thence {

/// Octets of the largest message over any transport: the most that a 16-bit length can express.
inline constexpr std::size_t largest_message = 65535;

}  // namespace thence
