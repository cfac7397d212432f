#include "responder/probe/binding_transaction.hpp"

#include "responder/host/address.hpp"

#include <utility>

namespace thence::probe {

void ask_binding(UdpClient& client, SocketId from, const Endpoint& server, const BindingWishes& wishes,
                 const Retransmission& schedule, std::function<void(const BindingOutcome&)> done) {
  const auto id = new_transaction_id();
  client.start({.socket = from,
                .to = server,
                .message = binding_request(id, wishes),
                .schedule = schedule,
                .answered_by =
                    [id](std::span<const std::byte> octets) { return read_binding_response(octets, id).has_value(); }},
               [id, server, done = std::move(done)](const UdpAnswer& answer) {
                 done({.asked = server,
                       .tried = true,
                       .response = read_binding_response(answer.message, id),
                       .answered_from = answer.from,
                       .arrived_on = answer.arrived_on,
                       .transmissions = answer.transmissions,
                       .round_trip = answer.round_trip,
                       .why = answer.from ? "" : reason(answer.error)});
               });
}

bool same_endpoint(const Endpoint& one, const Endpoint& other) {
  return one.port() == other.port() && without_scope(one.address()) == without_scope(other.address());
}

std::string reason(const boost::system::error_code& error) { return error ? error.message() : "timed out"; }

std::string error_text(const BindingResponse& response) {
  return std::to_string(response.error) + (response.reason.empty() ? "" : " " + response.reason);
}

}  // namespace thence::probe
