#include "config/address.hpp"

#include "config/prefix.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace thence::config {

namespace {

namespace ip = boost::asio::ip;

constexpr unsigned host_bits = 64;  // the interface identifier of an IPv6 address (RFC 4291 §2.5.1)

}  // namespace

std::optional<ip::address> parse_unicast(std::string_view text) {
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  const bool is_scoped = text.find('%') != std::string_view::npos;
  if (error || is_scoped || address.is_unspecified() || address.is_multicast() || is_v4_mapped(address) ||
      address == ip::address_v4::broadcast()) {
    return std::nullopt;
  }
  return address;
}

ip::address client_of(const ip::address& peer) noexcept { return peer.is_v4() ? peer : masked(peer, host_bits); }

Scope scope_of(const ip::address& address) noexcept {
  static const std::array link{Prefix{ip::address_v4({169, 254, 0, 0}), 16}};
  static const std::array private_use{
      Prefix{ip::address_v4({10, 0, 0, 0}), 8},
      Prefix{ip::address_v4({172, 16, 0, 0}), 12},
      Prefix{ip::address_v4({192, 168, 0, 0}), 16},
      Prefix{ip::address_v4({100, 64, 0, 0}), 10},
      Prefix{ip::address_v6({0xFC}), 7},
  };
  const auto covers = [&](const Prefix& each) { return each.covers(address); };
  if (address.is_loopback()) return Scope::loopback;
  if (is_link_local(address) || std::ranges::any_of(link, covers)) return Scope::link;
  return std::ranges::any_of(private_use, covers) ? Scope::private_use : Scope::global;
}

}  // namespace thence::config
