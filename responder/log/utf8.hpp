#pragma once

#include <string>
#include <string_view>

namespace thence::log {

/// Turns any text into valid UTF-8 (RFC 3629) without control characters, escaping every other octet as `\xNN`.
/// Interface names may contain any octets; JSON, HTML and metrics may not.
std::string utf8(std::string_view text);

}  // namespace thence::log
