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

/// Octets of the header (RFC 1035 §4.1.1), which the question follows.
inline constexpr std::size_t header_size = 12;

/// Octets of TYPE and CLASS after the name of a question.
inline constexpr std::size_t question_tail = 4;

/// Octets of TYPE, CLASS, TTL and RDLENGTH, which follow the owner of a record (RFC 1035 §4.1.3).
inline constexpr std::size_t record_fixed = 10;

/// Skips the name at the start of octets. It may end in a compression pointer, which is not followed.
/// @return octets of the name; 0: there is no name
std::size_t skip_name(Octets from) noexcept;

/// A parsed query.
struct Query {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  Name name;  ///< in lower case; the reply echoes the octets of the message instead
  std::uint16_t type = 0;
  std::uint16_t rr_class = 0;
  Octets question;  ///< its octets in the message; empty if it could not be read
  std::optional<Edns> edns;
};

enum class Reading : std::uint8_t {
  query,         ///< everything was read
  no_question,   ///< everything was read, but there is no question: a client may want a server cookie (RFC 7873 §5.4)
  format_error,  ///< the header was read, and as much as possible of question and EDNS; answer with FORMERR
  response,      ///< not a query: answering it could cause an endless loop
  malformed,     ///< too short for a header, so that no reply can refer to it
};

/// Reads a message in wire format: the header, at most one question, and the OPT record among the additional records.
/// Other records are skipped, but octets that form no record are an error.
/// @param query receives what was read; its question and options point into the message
Reading read(Octets message, Query& query) noexcept;

}  // namespace thence::dns
