#pragma once

#include "config/problems.hpp"

#include <string_view>
#include <vector>

namespace thence::log {

/// Logs each problem on a line of its own, at the level of its severity.
void write(const std::vector<config::Problem>& problems);

/// Logs each line of a text that says what failed.
void write_lines(std::string_view text);

}  // namespace thence::log
