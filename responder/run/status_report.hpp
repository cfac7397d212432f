#pragma once

#include "responder/host_families.hpp"
#include "responder/snapshot.hpp"
#include "responder/status.hpp"
#include "responder/worker.hpp"

#include <vector>

namespace thence {

/// Adds up what the workers have counted, and says what is served where. Version, health and reloads are left to the
/// caller.
/// @param reports of all workers; at least one
Status status_of(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host,
                 const std::vector<WorkerReport>& reports);

}  // namespace thence
