#pragma once

#include "config/glob.hpp"
#include "config/prefix.hpp"
#include "protocols/interface_table.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace thence {

/// Which arrivals a listener serves, by interface and local address; all by default.
class ArrivalFilter {
 public:
  ArrivalFilter() = default;
  ArrivalFilter(config::GlobList interfaces, config::PrefixList addresses)
      : names_(std::move(interfaces)), addresses_(std::move(addresses)) {}

  /// Call it before the first covers(), and whenever the table is replaced: interface names come and go.
  void update(const InterfaceTable& interfaces) {
    indexes_.clear();
    if (names_.empty()) return;
    for (const auto& each : interfaces) {
      if (names_.covers(each.name)) indexes_.push_back(each.index);
    }
  }

  /// @param interface index; one that is not yet in the table is covered only when no interfaces are named
  bool covers(const boost::asio::ip::address& local, std::uint32_t interface) const noexcept {
    return covers(local) && (names_.empty() || std::binary_search(indexes_.begin(), indexes_.end(), interface));
  }
  /// Whether it covers an address on at least one interface.
  bool covers(const boost::asio::ip::address& local) const noexcept {
    return addresses_.empty() || addresses_.covers(local);
  }

 private:
  config::GlobList names_;
  config::PrefixList addresses_;
  std::vector<std::uint32_t> indexes_;  // sorted, as the table is
};

}  // namespace thence
