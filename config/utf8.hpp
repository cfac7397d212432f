#pragma once

#include <string>
#include <string_view>

namespace thence::config {

/// Turns any text into valid UTF-8 (RFC 3629) without control characters, escaping every other octet as `\xNN`. The
/// names of interfaces, zones and files may contain any octets; a terminal, JSON, HTML and metrics must not get them.
std::string utf8(std::string_view text);

/// As utf8(), but line feeds stay.
std::string utf8_lines(std::string_view text);

}  // namespace thence::config
