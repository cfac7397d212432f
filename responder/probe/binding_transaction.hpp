#pragma once

#include "responder/probe/binding_request.hpp"
#include "responder/probe/binding_response.hpp"
#include "responder/probe/udp_client.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace thence::probe {

/// The outcome of a Binding request.
struct BindingOutcome {
  Endpoint asked;
  bool tried = false;
  std::optional<BindingResponse> response{};
  std::optional<Endpoint> answered_from{};
  SocketId arrived_on = 0;
  unsigned transmissions = 0;
  std::chrono::nanoseconds round_trip{};  ///< see UdpAnswer
  std::string why{};                      ///< why there is no response: "timed out", "Connection refused"

  bool success() const noexcept { return response && response->success(); }
  bool refused() const noexcept { return response && !response->success(); }
  bool silent() const noexcept { return tried && !response; }
};

/// Runs a Binding transaction (RFC 8489 §6.2.1) from a socket of the client. `done` is called once, from the client's
/// context.
void ask_binding(UdpClient& client, SocketId from, const Endpoint& server, const BindingWishes& wishes,
                 const Retransmission& schedule, std::function<void(const BindingOutcome&)> done);

/// Whether two transport addresses are the same, ignoring the scope id of a link-local address.
bool same_endpoint(const Endpoint& one, const Endpoint& other);

/// Why no answer came, in a few words.
std::string reason(const boost::system::error_code& error);

/// `420 Unknown Attribute`
std::string error_text(const BindingResponse& response);

}  // namespace thence::probe
