#pragma once

#include "protocols/protocol.hpp"

#include <string>

namespace thence {

/// A request as the command line describes it.
struct SupposedRequest : Supposition {
  bool names_interface = false;  ///< else the interface is the one that has the local address; 0: none has it
  bool names_port = false;       ///< else the port means nothing
};

/// Reads text such as `interface=eth1,local=10.0.0.1,client=10.9.8.7,transport=tcp,name=www.example.com`. `local` and
/// `client` are required, `interface`, `port` and `transport` are not; any other key is a detail.
/// @param interfaces gains an interface of that name, with the local address, if the host has none
/// @throws std::invalid_argument with `what is wrong; what is allowed`
SupposedRequest read_supposition(const std::string& text, InterfaceTable& interfaces);

}  // namespace thence
