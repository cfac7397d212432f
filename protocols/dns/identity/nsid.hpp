#pragma once

#include "config/reader.hpp"

#include <cstdint>
#include <vector>

namespace thence::dns {

/// Reads `nsid:`, which distinguishes this server from others at the same address (RFC 5001): text, or `0x` and
/// hexadecimal digits; at most 255 octets.
/// @return empty if there is none
std::vector<std::uint8_t> read_nsid(const config::Cursor& at);

}  // namespace thence::dns
