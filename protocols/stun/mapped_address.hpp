#pragma once

#include "protocols/route.hpp"
#include "protocols/stun/message.hpp"

#include <optional>

namespace thence::stun {

/// Adds an attribute in the form of MAPPED-ADDRESS (RFC 8489 §14.1): 12 octets for IPv4, 24 for IPv6.
void add_address(MessageWriter& writer, AttributeType type, const Endpoint& endpoint) noexcept;

/// Adds an attribute in the form of XOR-MAPPED-ADDRESS (RFC 8489 §14.2): as above, with the port and an IPv4 address
/// xored with the magic cookie, an IPv6 address with magic cookie and transaction id.
void add_xor_address(MessageWriter& writer, AttributeType type, const Endpoint& endpoint) noexcept;

/// Reads an attribute in the form of MAPPED-ADDRESS.
/// @return nothing if its family is unknown, or its length wrong for the family
std::optional<Endpoint> read_address(const Attribute& attribute) noexcept;

/// Reads an attribute in the form of XOR-MAPPED-ADDRESS.
/// @param id of the message that contains it
std::optional<Endpoint> read_xor_address(const Attribute& attribute, MessageId id) noexcept;

}  // namespace thence::stun
