#include "responder/command/explanation.hpp"

#include "responder/configuration/registry.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <boost/algorithm/string/replace.hpp>

namespace thence {

namespace {

bool has_loopback(const Interface& interface) {
  return std::ranges::any_of(interface.addresses, [](const auto& own) { return own.address.is_loopback(); });
}

/// The interfaces on which a request can arrive, the one that has its local address first.
std::vector<std::uint32_t> arrivals(const SupposedRequest& supposed, const InterfaceTable& interfaces) {
  const auto owner = supposed.route.interface;
  const auto& local = supposed.route.local.address();
  const bool stays_on_link = local.is_v6() && local.to_v6().is_link_local();
  if (supposed.names_interface || local.is_loopback() || stays_on_link) return {owner};
  // What the host sends to itself, and nothing else, arrives on the loopback interface.
  const bool from_here = interfaces.is_local(supposed.route.peer.address());
  std::vector<std::uint32_t> all;
  for (const auto& each : interfaces) {
    if (!each.up || has_loopback(each) != from_here) continue;
    all.insert(each.index == owner ? all.begin() : all.end(), each.index);
  }
  return all.empty() ? std::vector{owner} : all;
}

/// What of a request a listener does not serve. @return nothing if it serves it
std::optional<std::string> why_not(const config::Listener& listener, Transports spoken, const Route& route,
                                   const InterfaceTable& interfaces) {
  const auto& local = route.local.address();
  if (!spoken.contains(route.transport)) return std::string(name(route.transport));
  if (!(local.is_v4() ? listener.ipv4 : listener.ipv6)) return local.is_v4() ? "IPv4" : "IPv6";
  if (!listener.addresses.empty() && !listener.addresses.covers(local)) return "local address " + local.to_string();
  const auto* const arrival = interfaces.find(route.interface);
  if (listener.interfaces.empty()) return std::nullopt;
  if (arrival == nullptr) return "an unknown interface";
  if (!listener.interfaces.covers(arrival->name)) return "interface " + arrival->name;
  return std::nullopt;
}

/// @return nothing if a listener serves the request; else a line for each that does not
std::optional<std::string> exclusion(const Snapshot& snapshot, const Plugin& plugin, const SupposedRequest& supposed,
                                     const InterfaceTable& interfaces) {
  std::string lines;
  for (const auto& listener : snapshot.settings.listeners) {
    if (std::ranges::count(listener.protocols, plugin.name) == 0) continue;
    if (supposed.names_port && listener.port != supposed.route.local.port()) continue;
    const auto reason = why_not(listener, listener.transports & plugin.transports, supposed.route, interfaces);
    if (!reason) return std::nullopt;
    lines += std::string(plugin.title) + " on port " + std::to_string(listener.port) + ": " + *reason +
             (is_datagram(supposed.route.transport) ? " is not served; no reply\n" : " is not served; a reset\n");
  }
  return lines.empty() ? std::string(plugin.title) + " has no listener there\n" : lines;
}

/// What is said of a request that arrives on one interface.
std::string explained(const Snapshot& snapshot, std::size_t plugin, const SupposedRequest& supposed,
                      const InterfaceTable& interfaces) {
  auto text = snapshot.services[plugin]->explain(supposed, interfaces, snapshot.settings.advertised);
  if (text.empty()) return text;
  return exclusion(snapshot, plugins()[plugin], supposed, interfaces).value_or(std::move(text));
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, names.size()); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() <= shown ? text : text + " and " + std::to_string(names.size() - shown) + " more";
}

/// An explanation, and the names of the interfaces for which it holds.
struct Case {
  std::string text;
  std::string anonymous;  ///< the text without the name of the interface
  std::vector<std::string> interfaces;
};

}  // namespace

std::string explanation(const Snapshot& snapshot, const SupposedRequest& supposed, const InterfaceTable& interfaces) {
  std::string all;
  for (std::size_t plugin = 0; plugin < plugins().size(); ++plugin) {
    std::vector<Case> cases;
    for (const auto arrival : arrivals(supposed, interfaces)) {
      auto request = supposed;
      request.route.interface = arrival;
      const std::string name(interfaces.name(arrival));
      auto text = explained(snapshot, plugin, request, interfaces);
      auto anonymous = boost::algorithm::replace_all_copy(text, "interface " + name + " is", "interface is");
      const auto same = std::ranges::find(cases, anonymous, &Case::anonymous);
      if (same == cases.end()) {
        cases.push_back({std::move(text), std::move(anonymous), {name}});
      } else {
        same->interfaces.push_back(name);
      }
    }
    for (const auto& each : cases) {
      if (cases.size() > 1) all += "arriving on " + listed(each.interfaces) + ":\n";
      all += each.text;
    }
  }
  return all;
}

}  // namespace thence
