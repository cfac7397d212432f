#pragma once

#include <string>
#include <string_view>

namespace thence::log {

/// A text that is valid UTF-8 without control characters (RFC 3629), whatever it was made of: each octet that is
/// neither becomes `\xNN`. Names of interfaces may hold any octets, while JSON, HTML and metrics may not.
std::string utf8(std::string_view text);

}  // namespace thence::log
