#pragma once

#include <string>
#include <vector>

namespace thence {

/// Formats rows of text in aligned columns, as config::utf8() writes it; the first row is the heading.
std::string text_table(std::vector<std::vector<std::string>> rows);

}  // namespace thence
