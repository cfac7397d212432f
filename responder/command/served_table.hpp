#pragma once

#include "protocols/interface_table.hpp"
#include "responder/configuration/snapshot.hpp"
#include "responder/host/host_families.hpp"

#include <string>

namespace thence {

/// For humans: one row per address, with its interface, what is served there, and a command to try.
std::string served_table(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host);

/// For the log: one event per address, with the fields of `thence addresses --json` and `try`.
void log_served(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host);

}  // namespace thence
