#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace thence::probe {

/// What to ask a DNS server.
struct DnsQuestion {
  std::string name;    ///< presentation format, absolute
  std::uint16_t type;  ///< "A" is 1
};

/// A name and a type as a user writes them: "A", "txt", "TYPE65280".
/// @throws Failure (usage)
DnsQuestion dns_question(const std::string& name, const std::string& type);

/// A query with that id, recursion desired, and EDNS for replies of up to 1232 octets (RFC 6891).
/// @throws std::runtime_error when it cannot be made
std::vector<std::byte> dns_query(const DnsQuestion& question, std::uint16_t id);

/// An id that nobody can guess (RFC 5452 §9.2).
/// @throws std::runtime_error when the system has no random numbers
std::uint16_t new_query_id();

/// What a server answered.
struct DnsResponse {
  std::string rcode;  ///< "NOERROR", "REFUSED"
  bool truncated = false;
  std::vector<std::string> answer;  ///< a record each, in presentation format, blanks between the fields
  std::vector<std::string> texts;   ///< the data of the TXT records of the answer, their strings put together
};

/// @return nothing when the octets are no response to that query: another id or question (RFC 5452 §9.1), or unreadable
std::optional<DnsResponse> read_dns_response(std::span<const std::byte> octets, const DnsQuestion& question,
                                             std::uint16_t id);

}  // namespace thence::probe
