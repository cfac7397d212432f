#pragma once

#include "config/settings.hpp"
#include "protocols/interface_table.hpp"
#include "responder/configuration/snapshot.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thence {

struct HostFamilies;

/// A local address and the listeners that answer on it.
struct ServedAddress {
  boost::asio::ip::address address;  ///< a link-local one has the interface as its scope id
  std::string interface;
  std::uint32_t index = 0;                         ///< of the interface
  std::vector<const config::Listener*> listeners;  ///< at least one
  std::vector<std::string> views;                  ///< that may serve it, in their order, as PROTOCOL VIEW
};

/// The addresses of all interfaces that are up, where a listener covers them. @param snapshot must outlive the result
std::vector<ServedAddress> served_addresses(const Snapshot& snapshot, const InterfaceTable& interfaces,
                                            HostFamilies host);

/// The interfaces with those of their addresses where a protocol is served over UDP.
InterfaceTable interfaces_serving(const Snapshot& snapshot, std::string_view protocol,
                                  const InterfaceTable& interfaces);

/// Protocols of a listener that speak over the same of its transports.
struct ServedProtocolNames {
  Transports transports;
  std::vector<std::string> protocols;  ///< names of plugins, in the listener's order
};

/// What a listener serves, by transports; a protocol that speaks over none of the listener's is left out.
std::vector<ServedProtocolNames> by_transports(const config::Listener& listener);

/// Such as `DNS+STUN 5300 udp+tcp`, and behind it, `, TIME 5300 udp`.
std::string served(const config::Listener& listener);

}  // namespace thence
