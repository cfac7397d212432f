#include "protocols/stun/nat_behavior.hpp"

#include "config/address.hpp"
#include "config/advertised.hpp"

#include <algorithm>
#include <set>

namespace thence::stun {

namespace {

std::vector<AddressPair> read_pairs(const config::Cursor& at) {
  if (!at.present() || at.is("auto")) return {};
  std::vector<AddressPair> pairs;
  std::set<boost::asio::ip::address> seen;
  if (!at.is_list() || at.list().empty()) {
    at.wrong("are no pairs; allowed: auto, or [[ADDRESS, ADDRESS], ...]");
    return {};
  }
  for (const auto& element : at.list()) {
    const auto both = element.is_list() ? element.list() : std::vector<config::Cursor>();
    if (both.size() != 2) {
      element.wrong("is not a pair; allowed: [ADDRESS, ADDRESS]");
      continue;
    }
    const auto one = both[0].address();
    const auto other = both[1].address();
    if (!one || !other) continue;
    if (one->is_v4() != other->is_v4()) element.wrong("two families; allowed: two addresses of one family");
    for (const auto& [address, cursor] : {std::pair{*one, both[0]}, std::pair{*other, both[1]}}) {
      if (!seen.insert(address).second) cursor.wrong("is in a pair already; allowed: each address once");
      if (config::is_link_local(address)) {
        cursor.wrong("is a link-local address, which several interfaces may have; allowed: other addresses");
      }
    }
    pairs.emplace_back(*one, *other);
  }
  return pairs;
}

}  // namespace

std::optional<BehaviorSettings> read_behavior(const config::Cursor& at) {
  if (!at.present() || at.is("false")) return {};
  BehaviorSettings settings;
  if (at.is("true")) return settings;
  if (!at.is_map()) {
    at.wrong("is neither true nor false nor a mapping; allowed: true, false, or { alternate-port: PORT, ... }");
    return {};
  }
  auto map = at.map();
  settings.alternate_port = map["alternate-port"].port(settings.alternate_port);
  settings.pairs = read_pairs(map["pairs"]);
  settings.response_port = map["response-port"].boolean(settings.response_port);
  settings.padding = map["padding"].boolean(settings.padding);
  settings.amplification = static_cast<unsigned>(map["amplification"].number(3, 16, settings.amplification));
  map.close();
  return settings;
}

NatBehavior::NatBehavior(const BehaviorSettings& settings, Host& host)
    : settings_(settings),
      interfaces_(&host.interfaces()),
      sockets_(&host.sources()),
      advertised_(host.advertised()),
      alternates_(settings.pairs, host.advertised()) {}

void NatBehavior::interfaces_changed() {
  // Addresses that no listener serves are not used as alternates.
  std::vector<Interface> served(interfaces_->begin(), interfaces_->end());
  for (auto& interface : served) {
    std::erase_if(interface.addresses,
                  [&](const InterfaceAddress& own) { return !sockets_->serves(own.address, interface.index); });
  }
  alternates_.update(InterfaceTable(std::move(served)));
}

Sources NatBehavior::sources(const Route& route) const noexcept {
  Sources sources{route.local, {}};
  if (route.proxied) return sources;  // the address asked is the proxy's, and so would the other one be
  const auto* const alternate = alternates_.find(route.local.address(), route.interface);
  const auto port = other_port(route.local);
  if (alternate == nullptr || port == 0) return sources;
  const Endpoint other(*alternate, port);
  if (serves(other)) sources.other = other;
  return sources;
}

Endpoint NatBehavior::advertised(const Endpoint& source) const noexcept {
  return {config::known_as(source.address(), advertised_), source.port()};
}

std::uint16_t NatBehavior::other_port(const Endpoint& asked) const noexcept {
  if (asked.port() != settings_.alternate_port) return settings_.alternate_port;
  const auto* const own = sockets_->find_serving(
      asked.address(), [&](const ListeningSocket& each) { return each.bound.port() != settings_.alternate_port; });
  return own == nullptr ? std::uint16_t{0} : own->bound.port();
}

bool NatBehavior::serves(const Endpoint& source) const noexcept {
  return sockets_->find_serving(source.address(), [&](const ListeningSocket& each) {
    return each.bound.port() == source.port();
  }) != nullptr;
}

}  // namespace thence::stun
