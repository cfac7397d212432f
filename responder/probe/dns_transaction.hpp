#pragma once

#include "responder/probe/dns_question.hpp"
#include "responder/probe/udp_client.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace thence::probe {

/// The outcome of a query.
struct DnsOutcome {
  std::optional<DnsResponse> response{};
  std::optional<Endpoint> answered_from{};
  unsigned transmissions = 0;
  std::chrono::nanoseconds round_trip{};  ///< see UdpAnswer
  std::string why{};                      ///< why there is no response
};

/// Asks over UDP from a socket of the client. `done` is called once, from the client's context.
void ask_dns(UdpClient& client, SocketId from, const Endpoint& server, const DnsQuestion& question,
             const Retransmission& schedule, std::function<void(const DnsOutcome&)> done);

}  // namespace thence::probe
