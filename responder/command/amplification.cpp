#include "responder/command/amplification.hpp"

#include "config/address.hpp"
#include "config/advertised.hpp"
#include "responder/configuration/registry.hpp"
#include "responder/configuration/served_addresses.hpp"
#include "responder/host/host_families.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace thence {

namespace {

bool replies_over_udp(const config::Listener& listener, std::string_view protocol) {
  return listener.transports.contains(Transport::udp) && std::ranges::count(listener.protocols, protocol) != 0;
}

}  // namespace

std::vector<std::string> words_about_amplification(const Snapshot& snapshot, const InterfaceTable& interfaces,
                                                   HostFamilies host) {
  const auto served = served_addresses(snapshot, interfaces, host);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    const double times = snapshot.services[i]->amplification();
    if (times <= 0) continue;
    const std::string protocol(plugins()[i].name);
    std::string places;
    std::size_t more = 0;
    for (const auto& each : served) {
      const auto& known = config::known_as(each.address, snapshot.settings.advertised);
      if (config::scope_of(known) != config::Scope::global) continue;
      for (const auto* const listener : each.listeners) {
        if (!replies_over_udp(*listener, protocol)) continue;
        if (places.empty()) {
          places = known.to_string() + " port " + std::to_string(listener->port);
        } else {
          ++more;
        }
      }
    }
    if (places.empty()) continue;
    if (more > 0) places.append(" and ").append(std::to_string(more)).append(" more");
    auto& line = lines.emplace_back(protocol);
    line.append(" has no rate-limit: whoever forges a source can have replies of up to ");
    line.append(std::to_string(static_cast<long>(std::ceil(times))));
    line.append(" times the size of a request sent to it, from ").append(places);
  }
  return lines;
}

}  // namespace thence
