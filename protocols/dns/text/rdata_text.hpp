#pragma once

#include "protocols/dns/text/words.hpp"
#include "protocols/dns/wire/network_order.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thence::dns {

/// Takes a text off a line, a word or a quoted string, with escapes resolved (RFC 1035 §5.1), and the blanks after it.
/// @return nothing if an escape is invalid or a quote is not closed
std::optional<std::string> take_text(std::string_view& line);

/// Reads a name in presentation format and appends it to `rdata`.
using ReadName = std::function<bool(std::string_view name, std::vector<std::uint8_t>& rdata)>;

/// Whether the data of a type is only texts: TXT, SPF and others.
bool is_texts(std::uint16_t type);
/// Whether octets are one or more <character-string>s (RFC 1035 §3.3.14).
bool are_texts(Octets rdata);

// Each reads data in presentation format, for types that ldns does not know or reads more strictly than the RFC.
// @return whether the text is valid

/// `\# SIZE DIGITS...`, for any type (RFC 3597 §5). ldns accepts other letters as hexadecimal digits.
bool read_generic(std::string_view text, std::vector<std::uint8_t>& rdata);
/// Texts (RFC 1035 §5.1), each a word or in quotes. A quote begins or ends a text wherever it is. ldns has room for
/// only 64 KiB of text, a quarter of what escapes may need.
bool read_texts(std::string_view text, std::vector<std::uint8_t>& rdata);
/// `FLAGS TAG VALUE` of CAA (RFC 8659 §4.1.1). ldns requires quotes around the value.
bool read_caa(std::string_view text, std::vector<std::uint8_t>& rdata);
/// `SERIAL FLAGS` of CSYNC without types (RFC 7477 §2.1.2), which ldns does not accept.
bool read_csync_without_types(std::string_view text, std::vector<std::uint8_t>& rdata);
/// `PRECEDENCE GATEWAY-TYPE ALGORITHM GATEWAY` of IPSECKEY without a key (RFC 4025 §3.1), which ldns does not accept.
bool read_ipseckey_without_key(std::string_view text, const ReadName& read_name, std::vector<std::uint8_t>& rdata);
/// `PRECEDENCE DISCOVERY-OPTIONAL RELAY-TYPE RELAY` of AMTRELAY (RFC 8777 §4.3.1).
bool read_amtrelay(std::string_view text, const ReadName& read_name, std::vector<std::uint8_t>& rdata);

}  // namespace thence::dns
