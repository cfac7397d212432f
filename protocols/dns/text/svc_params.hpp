#pragma once

#include "protocols/dns/wire/network_order.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thence::dns {

/// Reads base64 and appends it to `to`. @return whether the text is valid
using ReadBase64 = std::function<bool(std::string_view text, std::vector<std::uint8_t>& to)>;

/// Reads the SvcParams of a SVCB or HTTPS record in presentation format (RFC 9460 §2.1), in any order, and appends them
/// to `rdata`: the keys of RFC 9460 §14.3.2, `dohpath` (RFC 9461), `ohttp` (RFC 9540) and `keyNNNNN`.
/// @return nothing, or what is wrong
std::optional<std::string> read_svc_params(std::string_view text, const ReadBase64& read_base64,
                                           std::vector<std::uint8_t>& rdata);

/// Checks the SvcParams of a SVCB or HTTPS record in wire form (RFC 9460 §2.2): keys in strictly increasing order,
/// values in the form of their keys (§7), and every key in `mandatory` present (§8).
/// @return nothing, or what is wrong
std::optional<std::string> check_svc_params(Octets params);

}  // namespace thence::dns
