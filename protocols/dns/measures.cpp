#include "protocols/dns/measures.hpp"

#include "protocols/dns/wire/edns.hpp"
#include "protocols/dns/wire/message.hpp"
#include "protocols/endpoint_text.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

constexpr std::size_t most_zones = 1000;
constexpr std::size_t most_upstreams = 256;

}  // namespace

std::vector<Measure> zone_measures(const Settings& settings) {
  std::vector<Measure> measures;
  std::size_t broken = 0;
  for (const auto& each : settings.zones) {
    if (each.zone == nullptr) {
      ++broken;
    } else if (measures.size() < most_zones) {
      measures.push_back({"zone_serial",
                          "SERIAL of a zone's SOA record",
                          {{"zone", each.apex.text()}, {"view", each.view}},
                          static_cast<double>(each.zone->serial())});
    }
  }
  measures.push_back({"zones", "Zones that are served", {}, static_cast<double>(settings.zones.size() - broken)});
  measures.push_back({"zones_broken", "Zones without usable data", {}, static_cast<double>(broken)});
  return measures;
}

void measure_forwarding(const Forwarder& forwarder, std::vector<Measure>& into) {
  const auto add = [&](std::string name, std::string help, double value) {
    into.push_back({std::move(name), std::move(help), {}, value});
  };
  std::size_t listed = 0;
  for (const auto& [endpoint, health] : forwarder.upstreams()) {
    if (++listed > most_upstreams) break;
    into.push_back({"upstream_up",
                    "Whether an upstream answers: 1 or 0",
                    {{"upstream", text(endpoint)}},
                    health.is_up() ? 1.0 : 0.0});
  }
  add("forward_outstanding", "Questions of one worker that wait for an upstream",
      static_cast<double>(forwarder.outstanding()));
  add("forward_cache_octets", "Octets in one worker's cache of forwarded answers",
      static_cast<double>(forwarder.cache().octets()));
}

double amplification(const Settings& settings) noexcept {
  if (settings.rate_limit) return 0;
  std::size_t shortest = 0;
  for (const auto& view : settings.views) {
    for (const auto& each : view.zones) {
      const auto query = header_size + each.apex.wire().size() + question_tail + opt_size;
      if (shortest == 0 || query < shortest) shortest = query;
    }
  }
  return shortest == 0 ? 0 : static_cast<double>(largest_datagram) / static_cast<double>(shortest);
}

std::vector<std::string> views_at(const Settings& settings, const boost::asio::ip::address& local,
                                  std::uint32_t interface, const InterfaceTable& interfaces) {
  std::vector<std::string> views;
  // Without `views:` there is a single view, which has no name.
  if (!settings.finder) return views;
  const std::string name(interfaces.name(interface));
  for (const auto& view : settings.views) {
    const bool arrives = view.match.interfaces.empty() || view.match.interfaces.covers(name);
    if (arrives && (local.is_unspecified() || view.match.local.covers(local))) views.push_back(view.name);
  }
  return views;
}

}  // namespace thence::dns
