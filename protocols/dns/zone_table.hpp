#pragma once

#include "protocols/dns/name_index.hpp"
#include "protocols/dns/zone.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thence::dns {

/// The zones that are served. Immutable.
class ZoneTable {
 public:
  /// @param zones with different apexes
  explicit ZoneTable(std::vector<Zone> zones);

  /// The zone with the longest apex that a name is within, or nullptr.
  /// @param skipped labels of the name that are left out in front: 1 gives the zone of its parent (RFC 4035 §3.1.4.1)
  const Zone* find(const Name& name, std::size_t skipped = 0) const noexcept;

 private:
  std::vector<Zone> zones_;
  NameIndex index_;                       ///< by apex; the number of the zone, from 1
  std::vector<std::size_t> apex_labels_;  ///< the numbers of labels that apexes have, falling
};

}  // namespace thence::dns
