#include "protocols/dns/view/view_finder.hpp"

#include <algorithm>
#include <map>

namespace thence::dns {

namespace {

template <typename Views>
void compile(std::optional<Views>& views, const std::vector<ViewMatch>& matches, config::PrefixList ViewMatch::*list) {
  ViewPrefixes lists;
  for (const auto& match : matches) lists.push_back(&(match.*list));
  if (std::ranges::any_of(lists, [](const auto* each) { return !each->empty(); })) views.emplace(lists);
}

}  // namespace

ViewFinder::ViewFinder(const std::vector<ViewMatch>& matches) {
  for (std::size_t view = 0; view < matches.size(); ++view) {
    interfaces_.push_back(matches[view].interfaces);
    for (const auto each : all_transports) {
      by_transport_[number(each)].put(view, matches[view].transports.contains(each));
    }
    without_interfaces_.put(view, matches[view].interfaces.empty());
    without_subnets_.put(view, matches[view].subnets.empty());
  }
  compile(local_, matches, &ViewMatch::local);
  compile(clients_, matches, &ViewMatch::clients);
  compile(subnets_, matches, &ViewMatch::subnets);
}

InterfaceViews ViewFinder::interface_views(const InterfaceTable& interfaces) const {
  // Each interface is a range of its own, with unknown ones in between.
  std::map<std::uint32_t, ViewSet> ranges{{0, without_interfaces_}};
  for (const auto& each : interfaces) {
    ViewSet views;
    for (std::size_t view = 0; view < interfaces_.size(); ++view) views.put(view, interfaces_[view].covers(each.name));
    ranges.insert_or_assign(each.index, views);
    ranges.try_emplace(each.index + 1, without_interfaces_);
  }
  std::vector<ViewRange<std::uint32_t>> all;
  all.reserve(ranges.size());
  for (const auto& [first, views] : ranges) all.push_back({first, views});
  return InterfaceViews(all);
}

std::size_t ViewFinder::find(const Route& route, const InterfaceViews& interfaces,
                             const ClientSubnet* subnet) const noexcept {
  ViewSet views = by_transport_[number(route.transport)];
  views &= interfaces.find(route.interface);
  if (local_) views &= local_->find(route.local.address());
  if (clients_) views &= clients_->find(route.peer.address());
  if (subnets_) {
    const auto network = subnet != nullptr ? network_of(*subnet) : std::nullopt;
    views &= network ? subnets_->find(*network) : without_subnets_;
  }
  return views.first();
}

}  // namespace thence::dns
