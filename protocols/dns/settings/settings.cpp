#include "protocols/dns/settings/settings.hpp"

#include "protocols/dns/identity/nsid.hpp"
#include "protocols/dns/settings/view_settings.hpp"
#include "protocols/dns/settings/zone_settings.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace thence::dns {

namespace {

using config::Cursor;

std::optional<Settings::Example> example_of(const std::vector<LoadedZone>& zones) {
  std::optional<Settings::Example> first_zone;
  for (const auto& [view, apex, zone, source] : zones) {
    if (!zone) continue;
    for (const auto& [owner, dynamic] : source.dynamic) {
      const auto name = Name::parse(owner, apex);
      const bool is_wildcard = name && name->wire()[0] == 1 && name->wire()[1] == '*';
      if (name && dynamic.kind == Dynamic::Kind::self && !is_wildcard) return Settings::Example{name->text(), true};
    }
    if (!first_zone) first_zone = {apex.text(), false};
  }
  return first_zone;
}

config::PrefixList read_trusted(const Cursor& at) {
  auto map = at.map();
  auto trusted = map["trusted"].prefixes();
  map.close();
  return trusted;
}

/// The only view if the settings have none.
View view_of_all(const Shared& shared) {
  std::vector<ServedZone> zones;
  for (const auto& each : shared.loaded) zones.push_back({each.apex, each.zone});
  for (const auto& each : shared.forwards) zones.push_back({each->zone, nullptr, each});
  return {.name = "", .match = {}, .zones = ZoneTable(std::move(zones))};
}

ViewFinder finder_of(const std::vector<View>& views) {
  std::vector<ViewMatch> matches;
  matches.reserve(views.size());
  for (const auto& each : views) matches.push_back(each.match);
  return ViewFinder(matches);
}

/// Without trusted clients, a view that matches by subnet never matches.
void check_subnets(const Cursor& at, const Settings& settings) {
  const bool by_subnet =
      std::ranges::any_of(settings.views, [](const View& each) { return !each.match.subnets.empty(); });
  if (by_subnet && settings.trusted.empty()) {
    at.wrong("views match by subnets that nobody is trusted to tell; allowed: with client-subnet: { trusted: [...] }");
  }
}

}  // namespace

Settings read_settings(const Cursor& section, const Settings* before) {
  auto map = section.map();
  const auto entries = map["zones"].list();
  const auto views = map["views"];
  const auto forwards = map["forward"];
  Settings settings;
  settings.trusted = read_trusted(map["client-subnet"]);
  settings.nsid = read_nsid(map["nsid"]);
  settings.cookies = read_cookies(map["cookies"]);
  if (before != nullptr) settings.cookies.keep_random_secret(before->cookies);
  settings.chaos = read_chaos(map["chaos"]);
  settings.rate_limit = read_rate_limit(map["rate-limit"], true);
  settings.forwarding = read_forwarding(map["forwarding"]);
  map.close();

  std::optional<ZonesBefore> zones_before;
  if (before != nullptr) zones_before.emplace(before->zones);
  auto* const of_before = zones_before ? &*zones_before : nullptr;
  Shared shared;
  Apexes apexes;
  for (const auto& entry : entries) {
    auto zone = shared.zones.emplace_back(entry, "", of_before).read(apexes);
    if (zone) shared.loaded.push_back(std::move(*zone));
  }
  shared.forwards = read_forwards(forwards, apexes);
  settings.views = read_views(views, shared, settings.zones, of_before);
  if (!settings.views.empty()) settings.finder = finder_of(settings.views);
  if (settings.views.empty()) settings.views.push_back(view_of_all(shared));
  std::ranges::move(shared.loaded, std::back_inserter(settings.zones));
  check_subnets(views, settings);
  if (zones_before) zones_before->tell(section);
  settings.example = example_of(settings.zones);
  return settings;
}

}  // namespace thence::dns
