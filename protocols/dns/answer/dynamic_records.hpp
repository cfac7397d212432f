#pragma once

#include "protocols/dns/answer/circumstances.hpp"
#include "protocols/dns/wire/rrset.hpp"
#include "protocols/dns/zone/dynamic.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace thence::dns {

/// The records of a dynamic name, computed for one request.
class DynamicRecords {
 public:
  /// @param type one that the name covers, or ANY, which selects one of those it has (RFC 8482 §4.1)
  DynamicRecords(const Dynamic& dynamic, std::uint16_t type, const Circumstances& asked) noexcept;
  DynamicRecords(const DynamicRecords&) = delete;
  DynamicRecords& operator=(const DynamicRecords&) = delete;

  /// Empty if the name currently has no records of that type.
  RRset rrset() const noexcept { return {type_, count_, {octets_.data(), size_}}; }
  /// Whether the records depend on the query's client subnet.
  bool by_subnet() const noexcept { return by_subnet_; }

 private:
  void tell(const Dynamic& dynamic, const Circumstances& asked) noexcept;
  void tell_texts(const Dynamic& dynamic, const Circumstances& asked) noexcept;
  void tell_self(const Dynamic& dynamic, const Circumstances& asked) noexcept;
  void tell_nearest(const Dynamic& dynamic, const Interface* arrival) noexcept;
  bool is_wanted(const boost::asio::ip::address& each) const noexcept;
  void add(const boost::asio::ip::address& each) noexcept;
  void add(std::string_view text) noexcept;
  void add(std::size_t rdata_size) noexcept;
  std::uint8_t* next_rdata() noexcept { return octets_.data() + size_ + record_head; }

  std::array<std::uint8_t, Dynamic::most_addresses*(record_head + 16)> octets_;
  std::size_t size_ = 0;
  std::uint16_t count_ = 0;
  std::uint16_t type_;
  std::uint32_t ttl_;
  bool by_subnet_ = false;
};

}  // namespace thence::dns
