#include "protocols/stun/alternate_address.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <boost/asio/ip/network_v4.hpp>

namespace thence::stun {

namespace {

namespace ip = boost::asio::ip;

/// From where an address can be reached: addresses of one scope can stand in for each other.
enum class Scope : std::uint8_t { loopback, link, private_use, global };

bool within(const ip::address_v4& address, const char* prefix) {
  const auto network = ip::make_network_v4(prefix);
  return ip::make_network_v4(address, network.prefix_length()).canonical() == network;
}

bool is_link_local(const ip::address& address) { return address.is_v6() && address.to_v6().is_link_local(); }

Scope scope_of(const ip::address& address) {
  if (address.is_loopback()) return Scope::loopback;
  if (is_link_local(address)) return Scope::link;
  if (address.is_v6()) {
    // Unique local addresses, fc00::/7 (RFC 4193 §3.1).
    return (address.to_v6().to_bytes()[0] & 0xFEU) == 0xFC ? Scope::private_use : Scope::global;
  }
  const auto ipv4 = address.to_v4();
  if (within(ipv4, "169.254.0.0/16")) return Scope::link;
  for (const auto* const prefix :
       {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"}) {  // RFC 1918, 6598
    if (within(ipv4, prefix)) return Scope::private_use;
  }
  return Scope::global;
}

/// All of 127.0.0.0/8 is the host's, so these two are there wherever one of them is.
const ip::address first_loopback = ip::make_address("127.0.0.1");
const ip::address second_loopback = ip::make_address("127.0.0.2");

bool is_ipv4_loopback(const ip::address& address) { return address.is_v4() && address.is_loopback(); }

struct Candidate {
  ip::address address;
  std::uint32_t interface = 0;
};

/// Addresses that can stand in for each other, in the order of the interfaces.
class Alike {
 public:
  void add(const Candidate& candidate) { candidates_.push_back(candidate); }
  const std::vector<Candidate>& candidates() const { return candidates_; }

  void close() {
    const auto elsewhere = std::ranges::find_if(
        candidates_, [&](const Candidate& each) { return each.interface != candidates_.front().interface; });
    elsewhere_ = elsewhere == candidates_.end() ? nullptr : &*elsewhere;
    for (const auto& each : candidates_) addresses_.insert(each.address);
  }

  bool holds(const ip::address& address) const { return addresses_.contains(address); }

  /// The first one on another interface, else the first other one.
  const ip::address* choose(const Candidate& asked) const {
    const auto& first = candidates_.front();
    if (asked.interface != first.interface) return &first.address;
    if (elsewhere_ != nullptr) return &elsewhere_->address;
    const auto other =
        std::ranges::find_if(candidates_, [&](const Candidate& each) { return each.address != asked.address; });
    return other == candidates_.end() ? nullptr : &other->address;
  }

 private:
  std::vector<Candidate> candidates_;
  const Candidate* elsewhere_ = nullptr;
  std::set<ip::address> addresses_;
};

}  // namespace

AlternateAddresses::AlternateAddresses(std::vector<AddressPair> pairs, config::AdvertisedAddresses advertised)
    : pairs_(std::move(pairs)), advertised_(std::move(advertised)) {}

void AlternateAddresses::update(const InterfaceTable& interfaces) {
  if (pairs_.empty()) {
    add_chosen(interfaces);
  } else {
    add_given(interfaces);
  }
  std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.asked < b.asked; });
  loopback_ = std::ranges::any_of(interfaces, [](const Interface& each) {
    return each.up && std::ranges::count(each.addresses, first_loopback, &InterfaceAddress::address) != 0;
  });
}

void AlternateAddresses::add_given(const InterfaceTable& interfaces) {
  found_.clear();
  for (const auto& [one, other] : pairs_) {
    if (!interfaces.is_local(one) || !interfaces.is_local(other)) continue;
    found_.push_back({{one, 0}, other});
    found_.push_back({{other, 0}, one});
  }
}

void AlternateAddresses::add_chosen(const InterfaceTable& interfaces) {
  std::map<std::tuple<bool, Scope, std::uint32_t>, Alike> all;
  for (const auto& interface : interfaces) {
    if (!interface.up) continue;
    for (const auto& own : interface.addresses) {
      if (!own.usable || is_ipv4_loopback(own.address)) continue;
      const auto known_as = advertised_.find(own.address);
      const auto scope = scope_of(known_as == advertised_.end() ? own.address : known_as->second);
      const auto link = scope == Scope::link ? interface.index : 0;
      all[{own.address.is_v4(), scope, link}].add({own.address, interface.index});
    }
  }
  std::vector<Found> now;
  for (auto& [kind, alike] : all) {
    alike.close();
    for (const auto& each : alike.candidates()) {
      const Key asked{each.address, is_link_local(each.address) ? each.interface : 0};
      const auto* const before = found(asked);
      const auto* const chosen =
          before != nullptr && alike.holds(before->alternate) ? &before->alternate : alike.choose(each);
      if (chosen != nullptr) now.push_back({asked, *chosen});
    }
  }
  found_ = std::move(now);
}

const AlternateAddresses::Found* AlternateAddresses::found(const Key& asked) const noexcept {
  const auto at = std::lower_bound(found_.begin(), found_.end(), asked,
                                   [](const Found& each, const Key& key) { return each.asked < key; });
  return at != found_.end() && at->asked == asked ? &*at : nullptr;
}

const ip::address* AlternateAddresses::find(const ip::address& asked, std::uint32_t interface) const noexcept {
  if (pairs_.empty() && loopback_ && is_ipv4_loopback(asked)) {
    return asked == first_loopback ? &second_loopback : &first_loopback;
  }
  const auto* const there = found({asked, is_link_local(asked) ? interface : 0});
  return there == nullptr ? nullptr : &there->alternate;
}

bool AlternateAddresses::any() const noexcept {
  return std::ranges::any_of(found_, [](const Found& each) { return !each.asked.address.is_loopback(); });
}

}  // namespace thence::stun
