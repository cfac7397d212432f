#pragma once

#include "responder/configuration/served_addresses.hpp"

#include <boost/json/array.hpp>

namespace thence {

/// The listeners that answer on an address, each with its port, protocols and transports.
boost::json::array listeners_json(const ServedAddress& served);

/// The views that may serve requests for an address that arrive on other interfaces: for each set of views, the names
/// of the interfaces, and how many more there are.
boost::json::array elsewhere_json(const ServedAddress& served);

}  // namespace thence
