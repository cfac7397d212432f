#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace thence::dns {

/// Record types that affect how a query is answered (IANA "Resource Record (RR) TYPEs").
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

/// A record type that ldns has no name for or confuses with another (IANA "Resource Record (RR) TYPEs").
struct TypeName {
  std::string_view name;
  std::uint16_t type;
  std::uint16_t like;  ///< a type with the same data that ldns knows; 0 if there is none
};

/// @param name in any letter case
/// @return nullptr if it is not among them
const TypeName* find_type(std::string_view name);
const TypeName* find_type(std::uint16_t type);

/// A type as text: `AAAA`, `TYPE65280` (RFC 3597 §5).
std::string type_text(std::uint16_t type);

}  // namespace thence::dns
