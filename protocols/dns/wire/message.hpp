#pragma once

#include "protocols/dns/edns.hpp"
#include "protocols/dns/name.hpp"
#include "protocols/dns/network_order.hpp"

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

/// Numbers of record types that mean something to an answer (IANA "Resource Record (RR) TYPEs").
namespace type {
inline constexpr std::uint16_t a = 1;
inline constexpr std::uint16_t ns = 2;
inline constexpr std::uint16_t cname = 5;
inline constexpr std::uint16_t soa = 6;
inline constexpr std::uint16_t ptr = 12;
inline constexpr std::uint16_t mx = 15;
inline constexpr std::uint16_t txt = 16;
inline constexpr std::uint16_t key = 25;
inline constexpr std::uint16_t aaaa = 28;
inline constexpr std::uint16_t nxt = 30;
inline constexpr std::uint16_t srv = 33;
inline constexpr std::uint16_t dname = 39;
inline constexpr std::uint16_t opt = 41;
inline constexpr std::uint16_t ds = 43;
inline constexpr std::uint16_t rrsig = 46;
inline constexpr std::uint16_t nsec = 47;
inline constexpr std::uint16_t nsec3 = 50;
inline constexpr std::uint16_t nsec3param = 51;
inline constexpr std::uint16_t svcb = 64;
inline constexpr std::uint16_t https = 65;
inline constexpr std::uint16_t ixfr = 251;
inline constexpr std::uint16_t axfr = 252;
inline constexpr std::uint16_t any = 255;
}  // namespace type

inline constexpr std::uint16_t class_in = 1;
inline constexpr std::uint16_t class_chaos = 3;

/// Bits of the second word of the header.
namespace flag {
inline constexpr std::uint16_t response = 0x8000;
inline constexpr std::uint16_t opcode = 0x7800;
inline constexpr std::uint16_t authoritative = 0x0400;
inline constexpr std::uint16_t truncated = 0x0200;
inline constexpr std::uint16_t recursion_desired = 0x0100;
inline constexpr std::uint16_t recursion_available = 0x0080;
inline constexpr std::uint16_t authentic_data = 0x0020;     // AD (RFC 4035 §3.2.3)
inline constexpr std::uint16_t checking_disabled = 0x0010;  // CD
}  // namespace flag

/// Response codes; those above 15 need EDNS (RFC 6895 §2.3).
enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,
  badvers = 16,
  badcookie = 23,
};

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
