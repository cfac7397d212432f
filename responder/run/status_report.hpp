#pragma once

#include "responder/configuration/snapshot.hpp"
#include "responder/dispatch/status.hpp"
#include "responder/host/host_families.hpp"
#include "responder/run/worker.hpp"

#include <vector>

namespace thence {

/// Adds up the workers' counts and lists what is served where. Version, health and reloads are left to the caller.
/// @param reports of all workers; at least one
Status status_of(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host,
                 const std::vector<WorkerReport>& reports);

}  // namespace thence
