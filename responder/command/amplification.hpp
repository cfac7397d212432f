#pragma once

#include "protocols/interface_table.hpp"
#include "responder/configuration/snapshot.hpp"

#include <string>
#include <vector>

namespace thence {

struct HostFamilies;

/// Which protocols could be used to attack others, a line each: those that reply over UDP at addresses beyond the
/// private ones without a limit, and by how much a reply may be larger than a request with a forged source.
std::vector<std::string> words_about_amplification(const Snapshot& snapshot, const InterfaceTable& interfaces,
                                                   HostFamilies host);

}  // namespace thence
