#pragma once

#include "config/reader.hpp"
#include "protocols/dns/zone/dynamic.hpp"
#include "protocols/dns/zone/reverse.hpp"

#include <optional>

namespace thence::dns {

/// Reads what stands at a name of `dynamic:`: a word, or a mapping with more. Mistakes go to the cursor's problems.
Dynamic read_dynamic(const config::Cursor& at);

/// Reads `reverse:`: a name, or a mapping with a TTL.
/// @return nothing where it is absent or wrong
std::optional<Reverse> read_reverse(const config::Cursor& at);

}  // namespace thence::dns
