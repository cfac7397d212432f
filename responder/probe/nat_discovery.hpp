#pragma once

#include "responder/probe/nat_behavior.hpp"
#include "responder/probe/udp_client.hpp"

namespace thence::probe {

/// Makes the tests of RFC 5780 §4 that take no waiting: all but the binding lifetime. Runs the client. The filtering
/// tests come first after the first request, from sockets of their own, as a request to an alternate address opens the
/// filter for it.
/// @throws boost::system::system_error when there is no socket on that address
NatObservations discover(UdpClient& client, const boost::asio::ip::address& from, const Endpoint& server,
                         const Retransmission& schedule);

}  // namespace thence::probe
