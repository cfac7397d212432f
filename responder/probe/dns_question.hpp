#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace thence::probe {

/// The question to ask a DNS server.
struct DnsQuestion {
  std::string name;    ///< presentation format, absolute
  std::uint16_t type;  ///< "A" is 1
};

/// Reads a name and a type as a user writes them: "A", "txt", "TYPE65280".
/// @throws Failure (usage)
DnsQuestion dns_question(const std::string& name, const std::string& type);

/// A query with that id, recursion desired, and EDNS for replies of up to 1232 octets (RFC 6891).
/// @throws std::runtime_error when it cannot be encoded
std::vector<std::byte> dns_query(const DnsQuestion& question, std::uint16_t id);

/// An unpredictable id (RFC 5452 §9.2).
/// @throws std::runtime_error when the system's random number generator fails
std::uint16_t new_query_id();

/// A server's response.
struct DnsResponse {
  std::string rcode;  ///< "NOERROR", "REFUSED"
  bool truncated = false;
  std::vector<std::string> answer;  ///< one record per entry, in presentation format, fields separated by spaces
  std::vector<std::string> texts;   ///< the data of each TXT record in the answer, its strings concatenated
};

/// @return nothing when the octets are not a response to that query: malformed, or another id or question (RFC 5452
///         §9.1)
std::optional<DnsResponse> read_dns_response(std::span<const std::byte> octets, const DnsQuestion& question,
                                             std::uint16_t id);

}  // namespace thence::probe
