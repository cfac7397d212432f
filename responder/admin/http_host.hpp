#pragma once

#include <string_view>

namespace thence::admin {

/// Whether a Host field (RFC 9110 §7.2) is an IP address or `localhost` (RFC 6761 §6.3). Any other name may be a DNS
/// rebinding attack: a web page's own name pointed at a loopback address, to read what only this host may.
bool names_no_stranger(std::string_view host);

}  // namespace thence::admin
