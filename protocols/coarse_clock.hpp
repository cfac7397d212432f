#pragma once

#include <cstdint>

namespace thence {

/// A clock: microseconds since 1970, as they are now. A value, so that tests bring their own time.
using Clock = std::uint64_t (*)() noexcept;

/// The system's clock as of its last tick, some milliseconds ago at most: read without a system call.
std::uint64_t coarse_clock() noexcept;

}  // namespace thence
