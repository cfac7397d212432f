#pragma once

#include "responder/dispatch/status.hpp"

#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

/// The whole status as one JSON object.
/// @param peer the client, as HTTP sees it
std::string status_json(const Status& status, const boost::asio::ip::tcp::endpoint& peer);

}  // namespace thence::admin
