#pragma once

#include "protocols/dns/rrset.hpp"
#include "protocols/route.hpp"

#include <array>
#include <cstdint>

namespace thence::dns {

/// What a dynamic name tells, as A, AAAA and TXT, with TTL 0.
enum class Dynamic : std::uint16_t {
  none,
  self,    ///< the address that was asked
  client,  ///< who asked; the TXT has the port too, `192.0.2.1:4000` or `[2001:db8::1]:4000`
};

/// A record that is made for one request.
class DynamicRecord {
 public:
  /// @param type ANY means the address
  DynamicRecord(Dynamic dynamic, std::uint16_t type, const Route& route) noexcept;

  /// Empty where a dynamic name has nothing of that type: another type, or the address is of the other family.
  RRset rrset() const noexcept {
    return {type_, static_cast<std::uint16_t>(size_ == 0 ? 0 : 1), {octets_.data(), size_}};
  }

  /// Whether a dynamic name stands in for the records of that type.
  static bool covers(std::uint16_t type) noexcept;

 private:
  std::array<std::uint8_t, 80> octets_;
  std::size_t size_ = 0;
  std::uint16_t type_;
};

}  // namespace thence::dns
