#pragma once

#include "protocols/dns/network_order.hpp"

#include <optional>
#include <string>

namespace thence::dns {

/// Checks the SvcParams of a SVCB or HTTPS record in wire form (RFC 9460 §2.2): keys in strictly rising order, and each
/// key that `mandatory` names is there (§8).
/// @return nothing, or what is wrong
std::optional<std::string> check_svc_params(Octets params);

}  // namespace thence::dns
