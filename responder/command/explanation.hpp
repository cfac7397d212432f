#pragma once

#include "protocols/interface_table.hpp"
#include "responder/command/supposition.hpp"
#include "responder/configuration/snapshot.hpp"

#include <string>

namespace thence {

/// Explains in words what a request would get from each protocol that can say: first whether a listener serves it, then
/// how it would be answered. Without a named arrival interface, it is explained for each on which it can arrive; where
/// that makes a difference, each explanation says for which interfaces it is.
/// @throws std::invalid_argument with `what is wrong; what is allowed`
std::string explanation(const Snapshot& snapshot, const SupposedRequest& supposed, const InterfaceTable& interfaces);

}  // namespace thence
