#pragma once

#include "config/prefix.hpp"
#include "config/settings.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// What the `addresses` of one protocol's listeners cover, by port.
class CoveredAddresses {
 public:
  /// Covers everything.
  CoveredAddresses() = default;
  /// @param protocol the name of a plugin
  CoveredAddresses(const std::vector<config::Listener>& listeners, std::string_view protocol) {
    for (const auto& each : listeners) {
      if (std::ranges::count(each.protocols, protocol) == 0) continue;
      listeners_.push_back({each.port, each.ipv4, each.ipv6, each.addresses});
    }
  }

  /// Whether a listener of a port covers an address, on whatever interface that is. Where no listener of the port
  /// serves the address's family, those of the other family decide; where there is none at all, everything is covered.
  bool covers(const boost::asio::ip::address& address, std::uint16_t port) const noexcept {
    const auto is_of_family = [&](const Listener& each) { return address.is_v4() ? each.ipv4 : each.ipv6; };
    const bool has_family =
        std::ranges::any_of(listeners_, [&](const Listener& each) { return each.port == port && is_of_family(each); });
    bool is_asked = false;
    for (const auto& each : listeners_) {
      if (each.port != port || (has_family && !is_of_family(each))) continue;
      if (each.addresses.covers(address)) return true;
      is_asked = true;
    }
    return !is_asked;
  }

 private:
  struct Listener {
    std::uint16_t port;
    bool ipv4;
    bool ipv6;
    config::PrefixList addresses;
  };
  std::vector<Listener> listeners_;
};

}  // namespace thence
