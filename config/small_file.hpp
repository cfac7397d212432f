#pragma once

#include "config/reader.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace thence::config {

/// Reads a small text file whole.
/// @param at where it is named; a mistake goes to its problems, that it is too large with the name of the file
/// @param kind of file, for messages, such as "file of users"
/// @param most octets: what is longer is another kind of file
/// @return nothing where it cannot be read, which has been told then
std::optional<std::string> read_small_file(const Cursor& at, const std::filesystem::path& file, std::string_view kind,
                                           std::size_t most);

}  // namespace thence::config
