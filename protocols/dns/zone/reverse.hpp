#pragma once

#include "config/prefix.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/wire/rrset.hpp"
#include "protocols/interface_table.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thence::dns {

/// What `reverse:` of a zone says: the host's own addresses have PTR records there.
struct Reverse {
  Name target;            ///< what the records name; a first label `*` stands for the name of the interface
  std::uint32_t ttl = 0;  ///< seconds

  friend bool operator==(const Reverse&, const Reverse&) = default;
};

/// The addresses whose reverse names (RFC 1035 §3.5, RFC 3596 §2.5) are a name or below it: one for a whole reverse
/// name.
/// @return nothing where the name is no part of a reverse name
std::optional<config::Prefix> reverse_prefix(const Name& name) noexcept;

/// Whether that is a whole address, not the name of a network.
bool is_address(const config::Prefix& prefix) noexcept;

/// The first interface with an address within a prefix, or nullptr.
const Interface* interface_within(const config::Prefix& prefix, const InterfaceTable& interfaces) noexcept;

/// A PTR record, made for one request.
class ReverseRecord {
 public:
  ReverseRecord(const Reverse& reverse, std::string_view interface) noexcept;
  ReverseRecord(const ReverseRecord&) = delete;
  ReverseRecord& operator=(const ReverseRecord&) = delete;

  RRset rrset() const noexcept;

 private:
  std::array<std::uint8_t, record_head + longest_name> octets_;
  std::size_t size_;
};

}  // namespace thence::dns
