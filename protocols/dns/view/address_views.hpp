#pragma once

#include "config/prefix.hpp"
#include "protocols/dns/view/view_ranges.hpp"

#include <cstdint>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// An IPv6 address as a number. ISO C++ has none as wide; the compilers have, on 64-bit processors.
__extension__ using Uint128 = unsigned __int128;

/// The lists of prefixes of the views, in their order.
using ViewPrefixes = std::vector<const config::PrefixList*>;

/// Which views' lists cover an address. Immutable.
class AddressViews {
 public:
  explicit AddressViews(const ViewPrefixes& lists);

  const ViewSet& find(const boost::asio::ip::address& address) const noexcept;

 private:
  ViewRanges<std::uint32_t> ipv4_;
  ViewRanges<Uint128> ipv6_;
};

/// Which views' lists cover all addresses of a network. Immutable.
class NetworkViews {
 public:
  explicit NetworkViews(const ViewPrefixes& lists);

  ViewSet find(const config::Prefix& network) const noexcept;

 private:
  template <typename Key>
  struct Family {
    explicit Family(const std::vector<ViewRange<Key>>& of) : ranges(of), common(of) {}
    ViewSet find(Key address, unsigned length) const noexcept;

    ViewRanges<Key> ranges;
    CommonViews common;
  };

  Family<std::uint32_t> ipv4_;
  Family<Uint128> ipv6_;
};

}  // namespace thence::dns
