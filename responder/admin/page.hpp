#pragma once

#include "responder/dispatch/status.hpp"

#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

/// A status as one self-contained HTML page. It is complete without its script, which keeps it up to date from
/// /status.json and asks for a reflexive address.
/// @param peer the client, as HTTP sees it
std::string page(const Status& status, const boost::asio::ip::tcp::endpoint& peer);

/// The Content-Security-Policy of the page: allows its own style and script by hash, requests to its own server, and
/// nothing else.
const std::string& page_policy();

}  // namespace thence::admin
