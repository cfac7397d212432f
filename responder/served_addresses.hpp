#pragma once

#include "config/settings.hpp"
#include "protocols/interface_table.hpp"
#include "responder/binding.hpp"
#include "responder/snapshot.hpp"

#include <string>
#include <vector>

namespace thence {

/// A local address and the listeners that answer on it.
struct ServedAddress {
  boost::asio::ip::address address;  ///< a link-local one has the interface as its scope id
  std::string interface;
  std::vector<const config::Listener*> listeners;
};

/// The addresses of all interfaces that are up. @param settings must outlive the result
std::vector<ServedAddress> served_addresses(const config::Settings& settings, const InterfaceTable& interfaces,
                                            HostFamilies host);

/// A row for each address: interface, address, what is served there, a command to try.
std::string served_table(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host);

}  // namespace thence
