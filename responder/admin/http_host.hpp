#pragma once

#include <string_view>

namespace thence::admin {

/// Whether a Host field (RFC 9110 §7.2) names its host by an IP address, or as `localhost` (RFC 6761 §6.3). Any other
/// name may be one that a web page on the Internet had point to a loopback address, to read what only this host may.
bool names_no_stranger(std::string_view host);

}  // namespace thence::admin
