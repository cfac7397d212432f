#pragma once

#include "config/settings.hpp"
#include "protocols/interface_table.hpp"
#include "responder/configuration/snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thence {

struct HostFamilies;

/// The views that may serve requests that arrive on some interfaces.
struct ArrivalViews {
  /// How many interfaces are named; the others are only counted.
  static constexpr std::size_t most_named = 16;

  std::vector<std::string> views;       ///< in order, each as PROTOCOL VIEW; may be empty
  std::vector<std::string> interfaces;  ///< names
  std::size_t unnamed = 0;              ///< further interfaces

  /// Text such as `by eth0, eth1 and 3 more: dns outside, dns rest`.
  std::string text() const;
};

/// A local address and the listeners that answer on it.
struct ServedAddress {
  boost::asio::ip::address address;  ///< link-local: with the interface as scope ID
  std::string interface;
  std::uint32_t index = 0;                         ///< of the interface
  std::vector<const config::Listener*> listeners;  ///< at least one
  /// Those that may serve a request that arrives on its own interface, in order, each as PROTOCOL VIEW.
  std::vector<std::string> views;
  /// Those that may serve one that arrives on another interface, where they are other ones.
  std::vector<ArrivalViews> elsewhere;

  /// Text such as `dns inside, dns rest; by eth1: dns rest`; empty: no views.
  std::string views_text() const;
};

/// The addresses that a listener covers, on all interfaces that are up. One on lo is also there if it is served through
/// other interfaces only. @param snapshot must outlive the result
std::vector<ServedAddress> served_addresses(const Snapshot& snapshot, const InterfaceTable& interfaces,
                                            HostFamilies host);

/// The interfaces, each with only those addresses on which a protocol is served over UDP.
InterfaceTable interfaces_serving(const Snapshot& snapshot, std::string_view protocol,
                                  const InterfaceTable& interfaces);

/// Those of a listener's protocols that speak the same subset of its transports.
struct ServedProtocolNames {
  Transports transports;
  std::vector<std::string> protocols;  ///< plugin names, in the listener's order
};

/// Groups a listener's protocols by transport; omits a protocol that speaks none of the listener's transports.
std::vector<ServedProtocolNames> by_transports(const config::Listener& listener);

/// Text such as `DNS+STUN 5300 udp+tcp`; further groups follow, as in `, TIME 5300 udp`.
std::string served(const config::Listener& listener);

}  // namespace thence
