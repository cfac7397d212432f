#pragma once

#include "config/prefix.hpp"
#include "protocols/dns/view/view_ranges.hpp"

#include <cstdint>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// An IPv6 address as a number. ISO C++ has no type this wide; compilers for 64-bit processors do.
__extension__ using Uint128 = unsigned __int128;

/// The prefix lists of the views, in order.
using ViewPrefixes = std::vector<const config::PrefixList*>;

/// Finds the views whose lists cover an address. Immutable.
class AddressViews {
 public:
  explicit AddressViews(const ViewPrefixes& lists);

  const ViewSet& find(const boost::asio::ip::address& address) const noexcept;

 private:
  ViewRanges<std::uint32_t> ipv4_;
  ViewRanges<Uint128> ipv6_;
};

/// Finds the views whose lists cover a whole network. Immutable.
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
