#pragma once

#include "protocols/interface_table.hpp"
#include "responder/configuration/snapshot.hpp"
#include "responder/host/host_families.hpp"

#include <string>

namespace thence {

/// A row for each address: interface, address, what is served there, a command to try.
std::string served_table(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host);

}  // namespace thence
