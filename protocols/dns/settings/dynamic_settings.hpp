#pragma once

#include "config/reader.hpp"
#include "protocols/dns/zone/dynamic.hpp"
#include "protocols/dns/zone/reverse.hpp"

#include <optional>

namespace thence::dns {

/// Reads the value of a name in `dynamic:`: a word, or a mapping. Errors go to the cursor's problems.
Dynamic read_dynamic(const config::Cursor& at);

/// Reads `reverse:`: a name, or a mapping with a TTL.
/// @return nothing if absent or invalid
std::optional<Reverse> read_reverse(const config::Cursor& at);

}  // namespace thence::dns
