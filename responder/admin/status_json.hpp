#pragma once

#include "responder/dispatch/status.hpp"

#include <chrono>
#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

/// A status as one JSON object, all of it.
/// @param peer who asks, as HTTP sees it
/// @param now for the time that the server has been up
std::string status_json(const Status& status, const boost::asio::ip::tcp::endpoint& peer,
                        std::chrono::system_clock::time_point now);

}  // namespace thence::admin
