#pragma once

#include "responder/configuration/served_addresses.hpp"

#include <boost/json/array.hpp>

namespace thence {

/// The listeners that answer on an address, each with its port, protocols and transports.
boost::json::array listeners_json(const ServedAddress& served);

}  // namespace thence
