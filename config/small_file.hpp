#pragma once

#include "config/reader.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace thence::config {

/// Reads a whole small text file.
/// @param at where it is named; errors go to its problems, that it is too large under the name of the file
/// @param kind of file, for messages, such as "file of users"
/// @param most octets: a longer file is of another kind
/// @return nothing if it cannot be read, which has then been reported
std::optional<std::string> read_small_file(const Cursor& at, const std::filesystem::path& file, std::string_view kind,
                                           std::size_t most);

}  // namespace thence::config
