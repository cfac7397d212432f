#include "protocols/dns/view/address_views.hpp"

#include "protocols/network_order.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

namespace ip = boost::asio::ip;

std::uint32_t key_of(const ip::address_v4& address) noexcept { return address.to_uint(); }

Uint128 key_of(const ip::address_v6& address) noexcept {
  const auto octets = address.to_bytes();
  return Uint128{load64(octets.data())} << 64U | load64(octets.data() + 8);
}

/// Sets the key for an address of the matching family.
void assign(std::uint32_t& key, const ip::address& address) noexcept { key = key_of(address.to_v4()); }
void assign(Uint128& key, const ip::address& address) noexcept { key = key_of(address.to_v6()); }

/// The last address of a network.
template <typename Key>
Key last_of(Key first, unsigned length) noexcept {
  return length == sizeof(Key) * 8 ? first : first | static_cast<Key>(~Key{0} >> length);
}

/// Where a prefix of a view begins, or the key after its end.
template <typename Key>
struct Edge {
  Key at;
  std::uint16_t view;
  bool excludes;
  bool begins;
};

template <typename Key>
void add_edges(std::vector<Edge<Key>>& edges, const std::vector<config::Prefix>& prefixes, std::size_t view,
               bool excludes) {
  for (const auto& each : prefixes) {
    if (each.address.is_v4() != (sizeof(Key) == 4)) continue;
    Key first;
    assign(first, each.address);
    const Key last = last_of(first, each.length);
    edges.push_back({first, static_cast<std::uint16_t>(view), excludes, true});
    if (last != static_cast<Key>(~Key{0})) {
      edges.push_back({last + 1, static_cast<std::uint16_t>(view), excludes, false});
    }
  }
}

/// Sweeps all addresses in order, counting for each view the prefixes around the address.
template <typename Key>
std::vector<ViewRange<Key>> ranges_of(const ViewPrefixes& lists) {
  struct Around {
    std::size_t included = 0;
    std::size_t excluded = 0;
  };
  std::vector<Edge<Key>> edges;
  std::vector<Around> around(lists.size());
  ViewSet views;
  for (std::size_t view = 0; view < lists.size(); ++view) {
    add_edges(edges, lists[view]->included, view, false);
    add_edges(edges, lists[view]->excluded, view, true);
    // A list without included prefixes includes everything: a prefix around all addresses, in both families.
    if (lists[view]->included.empty()) around[view].included = 1;
    views.put(view, lists[view]->included.empty());
  }
  std::ranges::sort(edges, {}, &Edge<Key>::at);

  std::vector<ViewRange<Key>> ranges{{0, views}};
  for (const auto& edge : edges) {
    auto& count = edge.excludes ? around[edge.view].excluded : around[edge.view].included;
    edge.begins ? ++count : --count;
    views.put(edge.view, around[edge.view].included != 0 && around[edge.view].excluded == 0);
    if (ranges.back().first != edge.at) ranges.push_back({edge.at, {}});
    ranges.back().views = views;
  }
  const auto same = [](const auto& a, const auto& b) { return a.views == b.views; };
  ranges.erase(std::unique(ranges.begin(), ranges.end(), same), ranges.end());
  return ranges;
}

}  // namespace

AddressViews::AddressViews(const ViewPrefixes& lists)
    : ipv4_(ranges_of<std::uint32_t>(lists)), ipv6_(ranges_of<Uint128>(lists)) {}

const ViewSet& AddressViews::find(const ip::address& address) const noexcept {
  return address.is_v4() ? ipv4_.find(key_of(address.to_v4())) : ipv6_.find(key_of(address.to_v6()));
}

NetworkViews::NetworkViews(const ViewPrefixes& lists)
    : ipv4_(ranges_of<std::uint32_t>(lists)), ipv6_(ranges_of<Uint128>(lists)) {}

template <typename Key>
ViewSet NetworkViews::Family<Key>::find(Key address, unsigned length) const noexcept {
  return common.find(ranges.number(address), ranges.number(last_of(address, length)));
}

ViewSet NetworkViews::find(const config::Prefix& network) const noexcept {
  const auto& [address, length] = network;
  return address.is_v4() ? ipv4_.find(key_of(address.to_v4()), length) : ipv6_.find(key_of(address.to_v6()), length);
}

}  // namespace thence::dns
