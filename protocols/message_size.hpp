#pragma once

#include <cstddef>

namespace thence {

/// Octets of the largest message that a protocol may have, over any transport: as many as a length of 16 bits can say.
inline constexpr std::size_t largest_message = 65535;

}  // namespace thence
