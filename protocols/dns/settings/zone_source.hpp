#pragma once

#include "protocols/dns/text/file_stamp.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/zone/dynamic.hpp"
#include "protocols/dns/zone/reverse.hpp"
#include "protocols/dns/zone/zone.hpp"

#include <memory>
#include <optional>
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

/// A zone of the settings.
struct LoadedZone {
  std::string view;  ///< name of the view whose own it is; empty: it stands in `zones`
  Name apex;
  std::shared_ptr<const Zone> zone;  ///< nullptr: its data are broken, and it never had others
  ZoneSource source;
};

}  // namespace thence::dns
