#pragma once

#include "protocols/dns/wire/network_order.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace thence::dns {

/// A hashed owner name (RFC 5155 §5), by SHA-1, the only algorithm defined.
using Nsec3Hash = std::array<std::uint8_t, 20>;

/// How the names of a zone are hashed (RFC 5155 §4).
struct Nsec3Parameters {
  std::uint16_t iterations = 0;
  std::vector<std::uint8_t> salt;
  friend bool operator==(const Nsec3Parameters&, const Nsec3Parameters&) = default;
};

/// The most iterations that a zone may use: the limit of RFC 5155 §10.3 for the longest keys, as each answer about a
/// nonexistent name costs several times that many hashes. RFC 9276 §3.1 requires none.
inline constexpr std::uint16_t most_nsec3_iterations = 2500;

/// With more iterations than these a zone counts as unsigned for validators that follow RFC 9276 §3.2, and its denials
/// cost many times as much as other answers.
inline constexpr std::uint16_t many_nsec3_iterations = 50;

/// Reads the fields of an NSEC3 record before the next hashed owner name, or those of an NSEC3PARAM record (RFC 5155
/// §3.2, §4.2).
/// @return nothing for an algorithm other than SHA-1, or for malformed data
std::optional<Nsec3Parameters> read_nsec3_parameters(Octets rdata);

/// Decodes the hash in the first label of an NSEC3 record's owner, which is in base32hex (RFC 4648 §7).
/// @param label with its length octet, lower case
std::optional<Nsec3Hash> read_nsec3_label(Octets label);

/// Hashes names. It keeps the OpenSSL context, so that hashing allocates nothing. One per worker.
class Nsec3Hasher {
 public:
  Nsec3Hasher();
  Nsec3Hash operator()(Octets name, const Nsec3Parameters& parameters) noexcept;

 private:
  struct Free {
    void operator()(void* context) const noexcept;
  };
  std::unique_ptr<void, Free> context_;
};

}  // namespace thence::dns
