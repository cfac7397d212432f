#pragma once

#include "protocols/dns/dynamic.hpp"
#include "protocols/dns/file_stamp.hpp"
#include "protocols/dns/name_index.hpp"
#include "protocols/dns/zone.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace thence::dns {

/// What a zone was made from: as long as all of it is the same, the zone need not be made again.
struct ZoneSource {
  std::vector<std::string> records;
  std::vector<std::pair<std::string, Dynamic>> dynamic;  ///< owners as they are written
  std::optional<Reverse> reverse;
  std::vector<FileStamp> files;  ///< the zone file, if there is one, and all that it includes
  /// Whether every change of the files since then shows in their stamps: not where one of them had just been written.
  bool settled = true;
};

/// A zone that is served.
struct ServedZone {
  Name apex;
  std::shared_ptr<const Zone> zone;  ///< nullptr: its data are broken, and it never had others
  ZoneSource source;
};

/// The zones that are served. Immutable.
class ZoneTable {
 public:
  /// @param zones with different apexes
  explicit ZoneTable(std::vector<ServedZone> zones);

  auto begin() const noexcept { return zones_.begin(); }
  auto end() const noexcept { return zones_.end(); }

  /// The zone with the longest apex that a name is within, or nullptr.
  /// @param skipped labels of the name that are left out in front: 1 gives the zone of its parent (RFC 4035 §3.1.4.1)
  const ServedZone* find(const Name& name, std::size_t skipped = 0) const noexcept;

 private:
  std::vector<ServedZone> zones_;
  NameIndex index_;                       ///< by apex; the number of the zone, from 1
  std::vector<std::size_t> apex_labels_;  ///< the numbers of labels that apexes have, falling
};

}  // namespace thence::dns
