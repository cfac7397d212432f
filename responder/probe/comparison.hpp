#pragma once

#include "protocols/route.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thence::probe {

/// How two services on one host see the same socket.
enum class Comparison : std::uint8_t { same, other_port, other_address, unknown };

Comparison compare(const std::optional<Endpoint>& stun, const std::optional<Endpoint>& dns);

/// "same", "other port", "other address", "unknown".
std::string_view name(Comparison comparison);

/// Reads the client's transport address from the texts of a TXT answer: the first that is ADDRESS:PORT, IPv6 in
/// brackets.
std::optional<Endpoint> read_client_text(const std::vector<std::string>& texts);

}  // namespace thence::probe
