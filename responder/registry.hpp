#pragma once

#include <span>

#include "protocols/protocol.hpp"

namespace thence {

/// The protocols that are built in. The definition is made by CMake from THENCE_PROTOCOLS.
std::span<const Plugin> plugins();

}  // namespace thence
