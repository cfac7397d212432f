#pragma once

#include "protocols/dns/wire/edns.hpp"
#include "protocols/dns/wire/flag.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/wire/network_order.hpp"
#include "protocols/dns/wire/rcode.hpp"
#include "protocols/dns/wire/type.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace thence::dns {

/// Octets of the header (RFC 1035 §4.1.1), after which the question stands.
inline constexpr std::size_t header_size = 12;

/// Octets of TYPE and CLASS behind the name of a question.
inline constexpr std::size_t question_tail = 4;

/// Octets of TYPE, CLASS, TTL and RDLENGTH, which follow the owner of a record (RFC 1035 §4.1.3).
inline constexpr std::size_t record_fixed = 10;

/// Skips the name at the start of octets, whose end may be a compression pointer, which is not followed.
/// @return octets that it takes; 0: there is no name
std::size_t skip_name(Octets from) noexcept;

/// What a query says.
struct Query {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  Name name;  ///< in lower case; the reply echoes the octets of the message instead
  std::uint16_t type = 0;
  std::uint16_t rr_class = 0;
  Octets question;  ///< its octets in the message; empty where it could not be read
  std::optional<Edns> edns;
};

enum class Reading : std::uint8_t {
  query,         ///< all of the query is known
  no_question,   ///< all is known, and there is no question: a client may want a server cookie (RFC 7873 §5.4)
  format_error,  ///< the header is known, question and EDNS as far as they are there; to be answered with FORMERR
  response,      ///< not a query: an answer to it could go back and forth for ever
  malformed,     ///< too short for a header; there is nothing that an answer could name
};

/// Reads a message in wire format: the header, at most one question, and the OPT record among the additional records.
/// Other records are skipped, but octets that are no record are an error.
/// @param query holds what was read; its question and options live as long as the message
Reading read(Octets message, Query& query) noexcept;

}  // namespace thence::dns
