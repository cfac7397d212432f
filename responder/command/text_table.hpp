#pragma once

#include <string>
#include <vector>

namespace thence {

/// Rows of text in columns that line up; the first row is the heading.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace thence
