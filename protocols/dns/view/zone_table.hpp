#pragma once

#include "protocols/dns/forward/forward_settings.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/zone/name_index.hpp"
#include "protocols/dns/zone/zone.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace thence::dns {

/// What answers for a name and those below it: local data or upstreams.
struct ServedZone {
  Name apex;
  std::shared_ptr<const Zone> zone;          ///< nullptr: see `forward`; without that, the data are broken
  std::shared_ptr<const Forward> forward{};  ///< the upstreams to ask instead
};

/// The zones that are served, and those that are forwarded. Immutable.
class ZoneTable {
 public:
  /// @param zones with different apexes
  explicit ZoneTable(std::vector<ServedZone> zones);

  auto begin() const noexcept { return zones_.begin(); }
  auto end() const noexcept { return zones_.end(); }

  /// The zone with the longest apex that contains a name, or nullptr.
  /// @param skipped leading labels of the name to ignore: 1 gives the zone of its parent (RFC 4035 §3.1.4.1)
  const ServedZone* find(const Name& name, std::size_t skipped = 0) const noexcept;

 private:
  std::vector<ServedZone> zones_;
  NameIndex index_;                       ///< from apex to zone number, from 1
  std::vector<std::size_t> apex_labels_;  ///< the distinct label counts of the apexes, descending
};

}  // namespace thence::dns
