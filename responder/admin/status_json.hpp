#pragma once

#include "responder/dispatch/status.hpp"

#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

/// A status as one JSON object, all of it.
/// @param peer who asks, as HTTP sees it
std::string status_json(const Status& status, const boost::asio::ip::tcp::endpoint& peer);

}  // namespace thence::admin
