#include "responder/configuration/served_addresses.hpp"

#include "responder/configuration/registry.hpp"
#include "responder/host/address.hpp"
#include "responder/host/host_families.hpp"
#include "responder/host/reach.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace thence {

namespace {

std::vector<std::string> views_of(const Snapshot& snapshot, const boost::asio::ip::address& address,
                                  const Interface& interface, const InterfaceTable& interfaces) {
  std::vector<std::string> views;
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    for (const auto& name : snapshot.services[i]->views(address, interface.index, interfaces)) {
      views.push_back(std::string(plugins()[i].name) + ' ' + name);
    }
  }
  return views;
}

/// Interfaces that views do not tell apart, as indexes.
using Alike = std::vector<std::vector<std::uint32_t>>;

Alike alike(const Snapshot& snapshot, const InterfaceTable& interfaces) {
  std::map<std::vector<std::string>, std::vector<std::uint32_t>> by_views;
  for (const auto& each : interfaces) {
    if (each.up) by_views[views_of(snapshot, boost::asio::ip::address(), each, interfaces)].push_back(each.index);
  }
  Alike all;
  for (auto& [views, indexes] : by_views) all.push_back(std::move(indexes));
  std::ranges::sort(all);
  return all;
}

/// Whether requests for an address arrive on one interface only.
bool stays(const boost::asio::ip::address& address) {
  return address.is_loopback() || (address.is_v6() && address.to_v6().is_link_local());
}

/// @param arrives whether a request for the address may arrive on an interface, by its index
template <typename Arrives>
std::vector<ArrivalViews> views_elsewhere(const Snapshot& snapshot, const ServedAddress& served, const Alike& alike,
                                          const InterfaceTable& interfaces, const Arrives& arrives) {
  std::vector<ArrivalViews> all;
  for (const auto& indexes : alike) {
    auto views = views_of(snapshot, without_scope(served.address), *interfaces.find(indexes.front()), interfaces);
    if (views == served.views) continue;
    auto there = std::ranges::find(all, views, &ArrivalViews::views);
    if (there == all.end()) there = all.insert(there, {std::move(views), {}, 0});
    for (const auto index : indexes) {
      if (!arrives(index)) continue;
      if (there->interfaces.size() < ArrivalViews::most_named) {
        there->interfaces.emplace_back(interfaces.name(index));
      } else {
        ++there->unnamed;
      }
    }
  }
  std::erase_if(all, [](const ArrivalViews& each) { return each.interfaces.empty(); });
  return all;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& each : words) text += (text.empty() ? "" : ", ") + each;
  return text;
}

}  // namespace

std::string ArrivalViews::text() const {
  const auto more = unnamed == 0 ? "" : " and " + std::to_string(unnamed) + " more";
  return "by " + listed(interfaces) + more + ": " + (views.empty() ? "none" : listed(views));
}

std::string ServedAddress::views_text() const {
  auto text = listed(views);
  for (const auto& each : elsewhere) text += (text.empty() ? "" : "; ") + each.text();
  return text;
}

std::vector<ServedProtocolNames> by_transports(const config::Listener& listener) {
  std::vector<ServedProtocolNames> all;
  for (const auto& protocol : listener.protocols) {
    const auto spoken = listener.transports & plugins()[plugin_index(protocol)].transports;
    if (spoken.empty()) continue;
    auto same = std::ranges::find(all, spoken, &ServedProtocolNames::transports);
    if (same == all.end()) same = all.insert(same, {spoken, {}});
    same->protocols.push_back(protocol);
  }
  return all;
}

std::string served(const config::Listener& listener) {
  std::string served;
  for (const auto& [transports, protocols] : by_transports(listener)) {
    std::string titles;
    for (const auto& each : protocols) {
      titles += (titles.empty() ? "" : "+") + std::string(plugins()[plugin_index(each)].title);
    }
    served += (served.empty() ? "" : ", ") + titles + ' ' + std::to_string(listener.port) + ' ' + text(transports);
  }
  return served;
}

std::vector<ServedAddress> served_addresses(const Snapshot& snapshot, const InterfaceTable& interfaces,
                                            HostFamilies host) {
  std::vector<ArrivalFilter> filters;
  for (const auto& listener : snapshot.settings.listeners) {
    filters.emplace_back(listener.interfaces, listener.addresses).update(interfaces);
  }
  const auto interfaces_alike = alike(snapshot, interfaces);
  std::vector<ServedAddress> all;
  for (const auto& interface : interfaces) {
    if (!interface.up) continue;
    for (const auto& own : interface.addresses) {
      if (!own.usable) continue;
      ServedAddress served{with_scope(own.address, interface.index), interface.name, interface.index, {}, {}, {}};
      for (std::size_t i = 0; i < filters.size(); ++i) {
        const auto& listener = snapshot.settings.listeners[i];
        const bool family = own.address.is_v4() ? listener.ipv4 && host.ipv4 : listener.ipv6 && host.ipv6;
        const auto reached = reach(listener, filters[i], interfaces, interface, own.address);
        // An address on lo belongs to no link, so requests for it come through others.
        const bool reaches = reached == Reach::own || (reached == Reach::beyond && interface.loopback);
        if (family && reaches) served.listeners.push_back(&listener);
      }
      if (served.listeners.empty()) continue;
      served.views = views_of(snapshot, own.address, interface, interfaces);
      if (interfaces_alike.size() > 1 && !stays(own.address)) {
        served.elsewhere = views_elsewhere(snapshot, served, interfaces_alike, interfaces, [&](std::uint32_t index) {
          return std::ranges::any_of(filters, [&](const auto& each) { return each.covers(own.address, index); });
        });
      }
      all.push_back(std::move(served));
    }
  }
  return all;
}

InterfaceTable interfaces_serving(const Snapshot& snapshot, std::string_view protocol,
                                  const InterfaceTable& interfaces) {
  std::vector<std::pair<const config::Listener*, ArrivalFilter>> serving_it;
  for (const auto& each : snapshot.settings.listeners) {
    if (!each.transports.contains(Transport::udp) || std::ranges::count(each.protocols, protocol) == 0) continue;
    serving_it.emplace_back(&each, ArrivalFilter(each.interfaces, each.addresses)).second.update(interfaces);
  }
  std::vector<Interface> serving(interfaces.begin(), interfaces.end());
  for (auto& interface : serving) {
    std::erase_if(interface.addresses, [&](const InterfaceAddress& own) {
      return std::ranges::none_of(serving_it, [&](const auto& each) {
        const auto reached = reach(*each.first, each.second, interfaces, interface, own.address);
        return reached == Reach::own || (reached == Reach::beyond && interface.loopback);
      });
    });
  }
  return InterfaceTable(std::move(serving));
}

}  // namespace thence
