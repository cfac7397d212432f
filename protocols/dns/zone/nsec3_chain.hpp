#pragma once

#include "protocols/dns/wire/network_order.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace thence::dns {

/// A hashed owner name (RFC 5155 §5), of SHA-1, the only algorithm that there is.
using Nsec3Hash = std::array<std::uint8_t, 20>;

/// How the names of a zone are hashed (RFC 5155 §4).
struct Nsec3Parameters {
  std::uint16_t iterations = 0;
  std::vector<std::uint8_t> salt;
  friend bool operator==(const Nsec3Parameters&, const Nsec3Parameters&) = default;
};

/// The most iterations that a zone may ask for, as each answer about an absent name costs so many hashes, several
/// times: the limit of RFC 5155 §10.3 for the longest keys. RFC 9276 §3.1 asks for none.
inline constexpr std::uint16_t most_nsec3_iterations = 2500;

/// Reads the fields in front of an NSEC3 record's next hashed owner name, or of an NSEC3PARAM record (RFC 5155 §3.2,
/// §4.2).
/// @return nothing for another algorithm than SHA-1, or for broken data
std::optional<Nsec3Parameters> read_nsec3_parameters(Octets rdata);

/// The hash that the first label of an NSEC3 record's owner is, in base32hex (RFC 4648 §7).
/// @param label with its length octet, lower case
std::optional<Nsec3Hash> read_nsec3_label(Octets label);

/// Hashes names. It holds what the library needs for that, so that a hash takes no allocation. One for each worker.
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
