#include "responder/probe/dns_transaction.hpp"

#include "responder/probe/binding_transaction.hpp"

#include <utility>

namespace thence::probe {

void ask_dns(UdpClient& client, SocketId from, const Endpoint& server, const DnsQuestion& question,
             const Retransmission& schedule, std::function<void(const DnsOutcome&)> done) {
  const auto id = new_query_id();
  client.start({.socket = from,
                .to = server,
                .message = dns_query(question, id),
                .schedule = schedule,
                .answered_by =
                    [question, id](std::span<const std::byte> octets) {
                      return read_dns_response(octets, question, id).has_value();
                    }},
               [question, id, done = std::move(done)](const UdpAnswer& answer) {
                 done({.response = read_dns_response(answer.message, question, id),
                       .answered_from = answer.from,
                       .transmissions = answer.transmissions,
                       .round_trip = answer.round_trip,
                       .why = answer.from ? "" : reason(answer.error)});
               });
}

}  // namespace thence::probe
