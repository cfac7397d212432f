#pragma once

#include <string>
#include <vector>

namespace thence {

/// Formats rows of text in aligned columns; the first row is the heading.
std::string text_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace thence
