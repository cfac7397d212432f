#pragma once

#include "protocols/protocol.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace thence {

/// The protocols that are built in. The definition is made by CMake: see thence_program().
std::span<const Plugin> plugins();

/// The index of a plugin in plugins(). @param name must be among them
inline std::size_t plugin_index(std::string_view name) {
  const auto all = plugins();
  return static_cast<std::size_t>(std::ranges::find(all, name, &Plugin::name) - all.begin());
}

}  // namespace thence
