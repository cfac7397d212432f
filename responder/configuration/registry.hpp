#pragma once

#include "protocols/protocol.hpp"

#include <span>

namespace thence {

/// The protocols that are built in. The definition is made by CMake from THENCE_PROTOCOLS.
std::span<const Plugin> plugins();

}  // namespace thence
