#pragma once

#include "protocols/protocol.hpp"

#include <string>

namespace thence {

/// Reads text such as `interface=eth1,local=10.0.0.1,client=10.9.8.7,transport=tcp,name=www.example.com`. `local` and
/// `client` are required; `interface` defaults to the one that has the local address; any other key is a detail.
/// @param interfaces gains an interface of that name, with the local address, if the host has none
/// @throws std::invalid_argument with `what is wrong; what is allowed`
Supposition read_supposition(const std::string& text, InterfaceTable& interfaces);

}  // namespace thence
