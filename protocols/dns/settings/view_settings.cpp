#include "protocols/dns/settings/view_settings.hpp"

#include "protocols/dns/view/view_ranges.hpp"

#include <algorithm>
#include <set>

namespace thence::dns {

namespace {

using config::Cursor;
using config::Severity;

/// @param what is there, for the message
void add_apex(const Cursor& at, const std::string& what, const Name& apex, Apexes& apexes) {
  if (apexes.emplace(apex.wire().begin(), apex.wire().end()).second) return;
  at.wrong("a second " + what + ' ' + apex.text() + "; allowed: each name once among zones and forwards");
}

/// Reads the entries of `views:`.
class ViewReader {
 public:
  ViewReader(const Shared& shared, std::vector<LoadedZone>& own, ZonesBefore* before)
      : shared_(shared), own_(own), before_(before) {}

  View read(const Cursor& at) {
    auto map = at.map();
    View view{.name = read_name(map["name"]), .match = read_view_match(map["match"]), .zones = ZoneTable({})};
    view.access = map["access"].choice<Access>(
        {{"answer", Access::answer}, {"refuse", Access::refuse}, {"drop", Access::drop}}, Access::answer);
    const auto zones_at = map["zones"];
    const auto forward_at = map["forward"];
    map.close();
    for (const auto& each : {zones_at, forward_at}) {
      if (view.access == Access::answer || !each.present()) continue;
      each.wrong("nothing of this is answered; allowed: with access: answer");
    }
    Apexes apexes;
    std::vector<ServedZone> zones;
    for (const auto& each : zones_at.list()) {
      auto zone = each.is_map() ? read_own(each, view.name, apexes) : find_zone(each, apexes);
      if (zone) zones.push_back(std::move(*zone));
    }
    for (const auto& each : forward_at.list()) {
      const auto forward = each.is_map() ? read_own(each, view.match) : find_forward(each);
      if (!forward) continue;
      add_apex(each, "forward of", forward->zone, apexes);
      zones.push_back({forward->zone, nullptr, forward});
    }
    view.zones = ZoneTable(std::move(zones));
    return view;
  }

  /// Reports zones and forwards that no view uses.
  void tell_unused(const Cursor& at) const {
    const auto warn = [&](const std::string& what) {
      at.with(Severity::warning).wrong("no view has the " + what + "; allowed: name it in a view");
    };
    for (const auto& each : shared_.loaded) {
      if (!used_.contains(&each)) warn("zone " + each.apex.text());
    }
    for (const auto& each : shared_.forwards) {
      if (!used_.contains(each.get())) warn("forward of " + each->zone.text());
    }
  }

 private:
  std::string read_name(const Cursor& at) {
    auto name = at.string();
    if (at.present() && name.empty()) at.wrong("is empty; allowed: a name of the view's own");
    if (!name.empty() && !names_.insert(name).second) {
      at.wrong("a second view '" + name + "'; allowed: each name once");
    }
    return name;
  }

  const LoadedZone* find_loaded(const std::optional<Name>& apex) {
    const auto found = std::ranges::find_if(shared_.loaded, [&](const auto& each) { return apex == each.apex; });
    if (found == shared_.loaded.end()) return nullptr;
    used_.insert(&*found);
    return &*found;
  }

  std::optional<ServedZone> find_zone(const Cursor& at, Apexes& apexes) {
    const auto text = at.string();
    const auto* const found = find_loaded(Name::parse(text, Name()));
    if (found == nullptr) {
      if (!text.empty()) at.wrong("'" + text + "' is none of dns.zones; allowed: one of them, or a zone of its own");
      return std::nullopt;
    }
    add_apex(at, "zone", found->apex, apexes);
    return ServedZone{found->apex, found->zone};
  }

  std::optional<ServedZone> read_own(const Cursor& at, const std::string& view, Apexes& apexes) {
    ZoneSettings settings(at, view, before_);
    const auto base = std::ranges::find_if(
        shared_.zones, [&](const ZoneSettings& each) { return each.apex() && each.apex() == settings.apex(); });
    if (base != shared_.zones.end() && settings.extend(*base)) {
      const auto* const extended = find_loaded(settings.apex());
      // Its errors have already been reported.
      if (!extended->zone) return ServedZone{extended->apex, nullptr};
    }
    auto zone = settings.read(apexes);
    if (!zone) return std::nullopt;
    own_.push_back(std::move(*zone));
    return ServedZone{own_.back().apex, own_.back().zone};
  }

  std::shared_ptr<const Forward> find_forward(const Cursor& at) {
    const auto text = at.string();
    const auto zone = Name::parse(text, Name());
    const auto found = std::ranges::find_if(shared_.forwards, [&](const auto& each) { return zone == each->zone; });
    if (found != shared_.forwards.end()) {
      used_.insert(found->get());
      return *found;
    }
    if (!text.empty()) at.wrong("'" + text + "' is none of dns.forward; allowed: one of them, or an entry of its own");
    return nullptr;
  }

  static std::shared_ptr<const Forward> read_own(const Cursor& at, const ViewMatch& match) {
    auto forward = read_forward(at, &match.clients);
    return forward ? std::make_shared<const Forward>(std::move(*forward)) : nullptr;
  }

  const Shared& shared_;
  std::vector<LoadedZone>& own_;
  ZonesBefore* before_;
  std::set<std::string> names_;
  std::set<const void*> used_;
};

}  // namespace

Forwards read_forwards(const Cursor& at, Apexes& apexes) {
  Forwards forwards;
  for (const auto& each : at.list()) {
    auto forward = read_forward(each);
    if (!forward) continue;
    add_apex(each, "forward of", forward->zone, apexes);
    forwards.push_back(std::make_shared<const Forward>(std::move(*forward)));
  }
  return forwards;
}

std::vector<View> read_views(const Cursor& at, const Shared& shared, std::vector<LoadedZone>& own,
                             ZonesBefore* before) {
  const auto elements = at.list();
  if (at.is_list() && (elements.empty() || elements.size() > most_views)) {
    at.wrong(std::to_string(elements.size()) + " views; allowed: 1 to " + std::to_string(most_views));
    return {};
  }
  std::vector<View> views;
  views.reserve(elements.size());
  ViewReader reader(shared, own, before);
  for (const auto& each : elements) views.push_back(reader.read(each));
  if (at.present()) reader.tell_unused(at);
  return views;
}

}  // namespace thence::dns
