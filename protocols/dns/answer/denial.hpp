#pragma once

#include "protocols/dns/wire/message_writer.hpp"
#include "protocols/dns/zone/nsec3_chain.hpp"
#include "protocols/dns/zone/zone.hpp"

#include <array>
#include <cstddef>

namespace thence::dns {

/// Adds a signed zone's proofs of nonexistence to the authority section: NSEC (RFC 4035 §3.1.3) or NSEC3 records (RFC
/// 5155 §7.2), each once. Does nothing for a zone without them.
class Denial {
 public:
  Denial(const Zone& zone, Nsec3Hasher& hash, MessageWriter& reply) noexcept
      : zone_(zone), hash_(hash), reply_(reply) {}

  /// The name exists, but has no records of the type; also for DS at a zone cut.
  void no_type(const Name& name) noexcept;
  /// The name does not exist, and a wildcard for it does not exist either or has no records of the type.
  /// @param labels of the name before the closest encloser
  void no_name(const Name& name, std::size_t labels) noexcept;
  /// The name does not exist, so a wildcard answers for it.
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
  /// Owner names of the added records, by address; more than the longest chain of aliases needs.
  std::array<const std::uint8_t*, 32> added_;
  std::size_t count_ = 0;
};

}  // namespace thence::dns
