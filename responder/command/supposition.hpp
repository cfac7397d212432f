#pragma once

#include "protocols/protocol.hpp"

#include <string>

namespace thence {

/// Reads `interface=eth1,local=10.0.0.1,client=10.9.8.7,transport=tcp,name=www.example.com`: `local` and `client` are
/// needed; without `interface` it is the one that has the local address; what else there is are details.
/// @param interfaces gets an interface of that name, should the host have none, with the local address
/// @throws std::invalid_argument with `what is wrong; what is allowed`
Supposition read_supposition(const std::string& text, InterfaceTable& interfaces);

}  // namespace thence
