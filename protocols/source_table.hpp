#pragma once

#include "config/address.hpp"
#include "protocols/arrival_filter.hpp"
#include "protocols/route.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// A UDP socket that takes requests.
struct ListeningSocket {
  Endpoint bound;                         ///< the unspecified address: to all addresses of its family
  const ArrivalFilter* filter = nullptr;  ///< nullptr: no arrival is refused
  std::size_t number = 0;                 ///< its place among the sockets of the worker
  std::uint32_t scope = 0;                ///< of a link-local address: its interface; set by the table
};

/// From where replies can leave: UDP sockets by the addresses that they are bound to. The one index of that: a worker
/// has one of all its sockets, and for each protocol one of those that serve it. A host may have thousands of addresses
/// with a socket each.
class SourceTable {
 public:
  SourceTable() = default;
  explicit SourceTable(std::vector<ListeningSocket> sockets) : own_(std::move(sockets)) {
    const auto first = std::stable_partition(
        own_.begin(), own_.end(), [](const ListeningSocket& each) { return each.bound.address().is_unspecified(); });
    wildcards_.assign(own_.begin(), first);
    own_.erase(own_.begin(), first);
    for (auto& each : own_) {
      const auto& address = each.bound.address();
      each.scope = address.is_v6() ? static_cast<std::uint32_t>(address.to_v6().scope_id()) : 0;
      each.bound.address(config::without_scope(address));
    }
    std::stable_sort(own_.begin(), own_.end(), Before());
  }

  /// Whether replies may leave from an address of an interface, by whatever port.
  bool serves(const boost::asio::ip::address& source, std::uint32_t interface) const noexcept {
    return find(source, [&](const ListeningSocket& each) {
             return each.filter == nullptr || each.filter->covers(source, interface);
           }) != nullptr;
  }

  /// The socket that is bound to an address, or else to all of its family, and to that port.
  /// @param interface tells link-local addresses apart; of others it does not matter
  /// @return nullptr where there is none
  const ListeningSocket* find_bound(const Endpoint& source, std::uint32_t interface) const noexcept {
    return find(source.address(), [&](const ListeningSocket& each) {
      return each.bound.port() == source.port() && (each.scope == 0 || each.scope == interface);
    });
  }

  /// A socket by which replies may leave from an address, on some interface, that is also as the caller wants it.
  /// @return nullptr where there is none
  template <typename Wanted>
  const ListeningSocket* find_serving(const boost::asio::ip::address& source, Wanted wanted) const noexcept {
    return find(source, [&](const ListeningSocket& each) {
      return (each.filter == nullptr || each.filter->covers(source)) && wanted(each);
    });
  }

 private:
  using Address = boost::asio::ip::address;

  struct Before {
    bool operator()(const ListeningSocket& a, const ListeningSocket& b) const noexcept {
      return a.bound.address() < b.bound.address();
    }
    bool operator()(const ListeningSocket& a, const Address& b) const noexcept { return a.bound.address() < b; }
    bool operator()(const Address& a, const ListeningSocket& b) const noexcept { return a < b.bound.address(); }
  };

  template <typename Wanted>
  const ListeningSocket* find(const Address& source, Wanted wanted) const noexcept {
    const auto [first, last] = std::equal_range(own_.begin(), own_.end(), config::without_scope(source), Before());
    if (const auto found = std::find_if(first, last, wanted); found != last) return &*found;
    for (const auto& each : wildcards_) {
      if (each.bound.address().is_v4() == source.is_v4() && wanted(each)) return &each;
    }
    return nullptr;
  }

  std::vector<ListeningSocket> wildcards_;
  std::vector<ListeningSocket> own_;  // of one address each, in the order of the addresses
};

}  // namespace thence
