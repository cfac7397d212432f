#include "protocols/stun/alternate_address.hpp"

#include "config/address.hpp"
#include "config/advertised.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace thence::stun {

namespace {

namespace ip = boost::asio::ip;
using config::is_link_local;
using config::Scope;

/// All of 127.0.0.0/8 belongs to the host, so both of these exist whenever one does.
const ip::address first_loopback = ip::make_address("127.0.0.1");
const ip::address second_loopback = ip::make_address("127.0.0.2");

bool is_ipv4_loopback(const ip::address& address) { return address.is_v4() && address.is_loopback(); }

struct Candidate {
  ip::address address;
  std::uint32_t interface = 0;
};

/// Addresses that can be each other's alternates, in the order of the interfaces.
class Alike {
 public:
  void add(const Candidate& candidate, bool lasting) {
    // Several interfaces may have the same address.
    if (!asked_.insert(candidate.address).second) return;
    all_.push_back(candidate);
    // Addresses that do not last would soon have to be replaced.
    if (!lasting) return;
    candidates_.push_back(candidate);
    if (!elsewhere_ && candidate.interface != candidates_.front().interface) elsewhere_ = candidates_.size() - 1;
  }

  const std::vector<Candidate>& all() const { return all_; }

  bool holds(const ip::address& address) const { return asked_.contains(address); }

  /// The first candidate on another interface, else the first other one.
  const ip::address* choose(const Candidate& asked) const {
    if (candidates_.empty()) return nullptr;
    const auto& first = candidates_.front();
    if (asked.interface != first.interface) return &first.address;
    if (elsewhere_) return &candidates_[*elsewhere_].address;
    const auto other =
        std::ranges::find_if(candidates_, [&](const Candidate& each) { return each.address != asked.address; });
    return other == candidates_.end() ? nullptr : &other->address;
  }

 private:
  std::set<ip::address> asked_;
  std::vector<Candidate> all_;
  std::vector<Candidate> candidates_;
  std::optional<std::size_t> elsewhere_;  // the first candidate on an interface other than the first one's
};

/// Calls `found` with each address that is currently usable as a source.
template <typename Found>
void each_live(const InterfaceTable& interfaces, Found found) {
  for (const auto& interface : interfaces) {
    if (!interface.up) continue;
    for (const auto& own : interface.addresses) {
      if (own.usable) found(interface, own);
    }
  }
}

}  // namespace

AlternateAddresses::AlternateAddresses(std::vector<AddressPair> pairs, config::AdvertisedAddresses advertised)
    : pairs_(std::move(pairs)), advertised_(std::move(advertised)) {}

void AlternateAddresses::update(const InterfaceTable& interfaces) {
  loopback_ = std::ranges::any_of(interfaces, [](const Interface& each) {
    return each.up && std::ranges::count(each.addresses, first_loopback, &InterfaceAddress::address) != 0;
  });
  if (pairs_.empty()) {
    add_chosen(interfaces);
  } else {
    add_given(interfaces);
  }
  std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.asked < b.asked; });
}

void AlternateAddresses::add_given(const InterfaceTable& interfaces) {
  std::set<ip::address> live;
  each_live(interfaces, [&](const Interface&, const InterfaceAddress& own) { live.insert(own.address); });
  const auto is_live = [&](const ip::address& address) {
    return is_ipv4_loopback(address) ? loopback_ : live.contains(address);
  };
  found_.clear();
  for (const auto& [one, other] : pairs_) {
    if (!is_live(one) || !is_live(other)) continue;
    found_.push_back({{one, 0}, other});
    found_.push_back({{other, 0}, one});
  }
}

void AlternateAddresses::add_chosen(const InterfaceTable& interfaces) {
  std::map<std::tuple<bool, Scope, std::uint32_t>, Alike> kinds;
  each_live(interfaces, [&](const Interface& interface, const InterfaceAddress& own) {
    if (is_ipv4_loopback(own.address)) return;
    // Only addresses of the same scope can be alternates.
    const auto scope = config::scope_of(config::known_as(own.address, advertised_));
    const auto link = scope == Scope::link ? interface.index : 0;
    kinds[{own.address.is_v4(), scope, link}].add({own.address, interface.index}, own.lasting);
  });
  std::vector<Found> now;
  for (const auto& [kind, alike] : kinds) {
    for (const auto& each : alike.all()) {
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

bool AlternateAddresses::any() const noexcept { return !found_.empty(); }

}  // namespace thence::stun
