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

/// What a server answered to a Binding request.
struct BindingResponse {
  std::optional<Endpoint> reflexive;  ///< XOR-MAPPED-ADDRESS, else MAPPED-ADDRESS
  std::optional<Endpoint> mapped;     ///< MAPPED-ADDRESS, which a gateway may have rewritten
  std::optional<Endpoint> response_origin;
  std::optional<Endpoint> other_address;
  std::size_t padding = 0;  ///< octets of PADDING
  unsigned error = 0;       ///< 300 to 699; 0: success
  std::string reason;       ///< of the error: printable ASCII, other octets are `?`
  std::vector<std::uint16_t> unknown_attributes;

  bool success() const noexcept { return error == 0; }
  friend bool operator==(const BindingResponse&, const BindingResponse&) = default;
};

/// Reads the response to a request.
/// @param id of the request
/// @return nothing when the octets are no Binding response with that id, its FINGERPRINT is wrong, it has an attribute
///         that has to be understood and is not (RFC 8489 §6.3.3), a success without an address, or an error without a
///         code
std::optional<BindingResponse> read_binding_response(std::span<const std::byte> octets, stun::MessageId id);

/// Whether the octets are the Binding request of that id: what a client receives that sent it to itself.
bool is_binding_request(std::span<const std::byte> octets, stun::MessageId id);

}  // namespace thence::probe
