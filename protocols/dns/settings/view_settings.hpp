#pragma once

#include "config/reader.hpp"
#include "protocols/dns/settings/zone_settings.hpp"
#include "protocols/dns/view/view.hpp"

#include <memory>
#include <vector>

namespace thence::dns {

/// Entries of `forward:`.
using Forwards = std::vector<std::shared_ptr<const Forward>>;

/// What stands outside of the views, for them to name.
struct Shared {
  std::vector<ZoneSettings> zones;  ///< entries of `zones:`
  std::vector<LoadedZone> loaded;   ///< the zones that were made of these
  Forwards forwards;
};

/// Reads `forward:` outside of views. Mistakes go to the cursor's problems.
/// @param apexes of what is served there already; those of the entries are added
Forwards read_forwards(const config::Cursor& at, Apexes& apexes);

/// Reads `views:`. Mistakes go to the cursor's problems.
/// @param own the zones of the views' own are added
/// @param before nullptr at the start
std::vector<View> read_views(const config::Cursor& at, const Shared& shared, std::vector<LoadedZone>& own,
                             ZonesBefore* before);

}  // namespace thence::dns
