#pragma once

#include "config/prefix.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/wire/rrset.hpp"
#include "protocols/interface_table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace thence::dns {

/// `reverse:` of a zone: PTR records for the host's own addresses.
struct Reverse {
  Name target;            ///< the data of the records; a first label `*` stands for the name of the interface
  std::uint32_t ttl = 0;  ///< seconds
  bool all = false;       ///< also for addresses that are deprecated or temporary

  friend bool operator==(const Reverse&, const Reverse&) = default;
};

/// The prefix of the addresses whose reverse names (RFC 1035 §3.5, RFC 3596 §2.5) are at or below a name: a single
/// address for a complete reverse name.
/// @return nothing if the name is not the end of any reverse name
std::optional<config::Prefix> reverse_prefix(const Name& name) noexcept;

/// Whether the prefix is a single address rather than a network.
bool is_address(const config::Prefix& prefix) noexcept;

/// The first interface with an address within a prefix that may be told, or nullptr.
/// @param is_told called with an InterfaceAddress
template <typename IsTold>
const Interface* interface_within(const config::Prefix& prefix, const InterfaceTable& interfaces,
                                  const IsTold& is_told) noexcept {
  const auto found = std::ranges::find_if(interfaces, [&](const Interface& each) {
    return std::ranges::any_of(each.addresses,
                               [&](const auto& own) { return prefix.covers(own.address) && is_told(own); });
  });
  return found == interfaces.end() ? nullptr : &*found;
}

/// A PTR record, computed for one request.
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
