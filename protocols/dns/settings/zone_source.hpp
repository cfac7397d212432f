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

/// What a zone was made from: while all of it is unchanged, the zone need not be rebuilt.
struct ZoneSource {
  std::vector<std::string> records;
  std::vector<std::pair<std::string, Dynamic>> dynamic;  ///< owners as written
  std::optional<Reverse> reverse;
  std::vector<FileStamp> files;  ///< the zone file, if any, and all that it includes
  /// Whether any later change of the files will show in their stamps; false if one of them had just been written.
  bool settled = true;
};

/// A zone of the settings, loaded.
struct LoadedZone {
  std::string view;  ///< name of the view that it belongs to; empty: it is in `zones`
  Name apex;
  std::shared_ptr<const Zone> zone;  ///< nullptr: its data are broken, and it never had valid ones
  ZoneSource source;
};

}  // namespace thence::dns
