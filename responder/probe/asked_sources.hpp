#pragma once

#include "protocols/route.hpp"
#include "responder/probe/local_sources.hpp"

#include <optional>
#include <string>
#include <vector>

namespace thence::probe {

/// A local address and the server to ask from it.
struct AskedSource {
  LocalSource source;
  Endpoint server;
};

/// The local addresses to ask each of a server's addresses from. Server addresses that no local address can reach are
/// left out.
/// @throws Failure when none can be reached; see local_sources()
std::vector<AskedSource> asked_sources(const std::vector<Endpoint>& servers, const std::optional<std::string>& from);

}  // namespace thence::probe
