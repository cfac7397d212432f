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

/// A UDP socket that receives requests.
struct ListeningSocket {
  Endpoint bound;                         ///< the unspecified address stands for all of its family
  const ArrivalFilter* filter = nullptr;  ///< nullptr: accepts every arrival
  std::size_t number = 0;                 ///< its index among the worker's sockets
  std::uint32_t scope = 0;  ///< the only interface where requests reach it; 0: any. The table sets that of
                            ///< a link-local address
};

/// Where replies can be sent from: an index of UDP sockets by the addresses they are bound to. A worker has one of all
/// its sockets, and one per protocol of those that serve it. A host may have thousands of addresses with a socket each.
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
      if (config::is_link_local(address)) each.scope = static_cast<std::uint32_t>(address.to_v6().scope_id());
      each.bound.address(config::without_scope(address));
    }
    std::stable_sort(own_.begin(), own_.end(), Before());
  }

  /// Whether replies may be sent from an address of an interface, from any port.
  bool serves(const boost::asio::ip::address& source, std::uint32_t interface) const noexcept {
    return find(source, [&](const ListeningSocket& each) {
             return each.filter == nullptr || each.filter->covers(source, interface);
           }) != nullptr;
  }

  /// The socket bound to that address and port, or else to that port on all addresses of the family.
  /// @param interface distinguishes link-local addresses; ignored for others
  /// @return nullptr if there is none
  const ListeningSocket* find_bound(const Endpoint& source, std::uint32_t interface) const noexcept {
    return find(source.address(), [&](const ListeningSocket& each) {
      return each.bound.port() == source.port() && (each.scope == 0 || each.scope == interface);
    });
  }

  /// A socket that may send replies from an address, on at least one interface, and that the predicate accepts.
  /// @return nullptr if there is none
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
  std::vector<ListeningSocket> own_;  // bound to one address each, sorted by address
};

}  // namespace thence
