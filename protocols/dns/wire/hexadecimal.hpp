#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace thence::dns {

/// Octets from pairs of hexadecimal digits.
/// @return nothing if the text is anything else
std::optional<std::vector<std::uint8_t>> read_hexadecimal(std::string_view text);

}  // namespace thence::dns
