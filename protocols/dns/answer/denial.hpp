#pragma once

#include "protocols/dns/wire/message_writer.hpp"
#include "protocols/dns/zone/nsec3_chain.hpp"
#include "protocols/dns/zone/zone.hpp"

#include <array>
#include <cstddef>

namespace thence::dns {

/// Adds the proofs of a signed zone that something does not exist, to the authority section: NSEC records (RFC 4035
/// §3.1.3) or NSEC3 records (RFC 5155 §7.2), each once. In a zone without them it adds nothing.
class Denial {
 public:
  Denial(const Zone& zone, Nsec3Hasher& hash, MessageWriter& reply) noexcept
      : zone_(zone), hash_(hash), reply_(reply) {}

  /// The name exists, but has no records of the type; also of the DS type at a cut.
  void no_type(const Name& name) noexcept;
  /// The name does not exist, and neither does a wildcard for it, or else that has no records of the type.
  /// @param labels of the name in front of the closest encloser
  void no_name(const Name& name, std::size_t labels) noexcept;
  /// The name does not exist, which makes a wildcard answer for it.
  void wildcard(const Name& name, std::size_t labels) noexcept;

 private:
  void nsec(Octets name) noexcept;
  void nsec3(Octets name) noexcept;
  /// Proves the closest encloser (RFC 5155 §7.2.1).
  void closest_encloser(const Name& name, std::size_t labels) noexcept;
  void add(Node node, std::uint16_t type) noexcept;

  const Zone& zone_;
  Nsec3Hasher& hash_;
  MessageWriter& reply_;
  /// The names of what was added, by where they are; more than the longest chain of aliases needs.
  std::array<const std::uint8_t*, 32> added_;
  std::size_t count_ = 0;
};

}  // namespace thence::dns
