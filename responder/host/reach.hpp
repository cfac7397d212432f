#pragma once

#include "config/settings.hpp"
#include "protocols/arrival_filter.hpp"
#include "protocols/interface_table.hpp"

#include <cstdint>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// Where the requests for an address arrive that a listener serves.
enum class Reach : std::uint8_t {
  none,    ///< nowhere
  beyond,  ///< only at other interfaces than its own
  own,     ///< at its own interface, as those of this host do, and perhaps at others
};

/// Where requests for one of the host's addresses can arrive, of what a listener serves.
/// @param filter the listener's, updated with these interfaces
/// @param interface the one that has the address
Reach reach(const config::Listener& listener, const ArrivalFilter& filter, const InterfaceTable& interfaces,
            const Interface& interface, const boost::asio::ip::address& address);

}  // namespace thence
