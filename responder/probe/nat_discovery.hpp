#pragma once

#include "responder/probe/nat_behavior.hpp"
#include "responder/probe/udp_client.hpp"

namespace thence::probe {

/// Runs the tests of RFC 5780 §4 except the binding lifetime, which needs long waits. Runs the client. The filtering
/// tests come right after the first request, from sockets of their own, because a request to an alternate address opens
/// the filter for it.
/// @throws boost::system::system_error when no socket can be opened on that address
NatObservations discover(UdpClient& client, const boost::asio::ip::address& from, const Endpoint& server,
                         const Retransmission& schedule);

}  // namespace thence::probe
