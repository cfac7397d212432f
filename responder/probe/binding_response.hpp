#pragma once

#include "protocols/route.hpp"
#include "protocols/stun/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace thence::probe {

/// A server's response to a Binding request.
struct BindingResponse {
  std::optional<Endpoint> reflexive;  ///< XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS
  std::optional<Endpoint> mapped;     ///< MAPPED-ADDRESS, which an ALG may have rewritten
  std::optional<Endpoint> response_origin;
  std::optional<Endpoint> other_address;
  std::size_t padding = 0;  ///< octets of PADDING
  unsigned error = 0;       ///< 300 to 699; 0: success
  std::string reason;       ///< the error's reason phrase: printable ASCII, with `?` for other octets
  std::vector<std::uint16_t> unknown_attributes;

  bool success() const noexcept { return error == 0; }
  friend bool operator==(const BindingResponse&, const BindingResponse&) = default;
};

/// Reads the response to a request.
/// @param id the request's id
/// @return nothing when the octets are not a Binding response with that id, FINGERPRINT is wrong, a
///         comprehension-required attribute is unknown (RFC 8489 §6.3.3), a success has no address, or an error has no
///         code
std::optional<BindingResponse> read_binding_response(std::span<const std::byte> octets, stun::MessageId id);

/// Whether the octets are the Binding request with that id, as a client receives when its own request is hairpinned.
bool is_binding_request(std::span<const std::byte> octets, stun::MessageId id);

}  // namespace thence::probe
