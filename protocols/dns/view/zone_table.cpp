#include "protocols/dns/view/zone_table.hpp"

#include <algorithm>
#include <functional>

namespace thence::dns {

ZoneTable::ZoneTable(std::vector<ServedZone> zones) : zones_(std::move(zones)), index_(zones_.size()) {
  std::uint32_t number = 0;
  for (const auto& zone : zones_) {
    index_.insert(hash(zone.apex.wire()), ++number);
    apex_labels_.push_back(zone.apex.labels());
  }
  std::sort(apex_labels_.begin(), apex_labels_.end(), std::greater<>());
  apex_labels_.erase(std::unique(apex_labels_.begin(), apex_labels_.end()), apex_labels_.end());
}

const ServedZone* ZoneTable::find(const Name& name, std::size_t skipped) const noexcept {
  for (const auto labels : apex_labels_) {
    if (labels + skipped > name.labels()) continue;
    const auto apex = name.without(name.labels() - labels);
    const auto number = index_.find(
        hash(apex), [&](std::uint32_t value) { return std::ranges::equal(zones_[value - 1].apex.wire(), apex); });
    if (number != 0) return &zones_[number - 1];
  }
  return nullptr;
}

}  // namespace thence::dns
