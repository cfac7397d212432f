#pragma once

#include "config/problems.hpp"

#include <string_view>
#include <vector>

namespace thence::log {

/// A line for each problem, at the level of its severity.
void write(const std::vector<config::Problem>& problems);

/// A line, which says what failed, for each line of a text.
void write_lines(std::string_view text);

}  // namespace thence::log
