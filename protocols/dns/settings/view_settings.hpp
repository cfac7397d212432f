#pragma once

#include "config/reader.hpp"
#include "protocols/dns/settings/zone_settings.hpp"
#include "protocols/dns/view/view.hpp"

#include <memory>
#include <vector>

namespace thence::dns {

/// Entries of `forward:`.
using Forwards = std::vector<std::shared_ptr<const Forward>>;

/// What is defined outside the views, for them to refer to.
struct Shared {
  std::vector<ZoneSettings> zones;  ///< entries of `zones:`
  std::vector<LoadedZone> loaded;   ///< the zones made from these
  Forwards forwards;
};

/// Reads `forward:` outside views. Errors go to the cursor's problems.
/// @param apexes of what is already served there; those of the entries are added
Forwards read_forwards(const config::Cursor& at, Apexes& apexes);

/// Reads `views:`. Errors go to the cursor's problems.
/// @param own the views' own zones are added to it
/// @param before nullptr at startup
std::vector<View> read_views(const config::Cursor& at, const Shared& shared, std::vector<LoadedZone>& own,
                             ZonesBefore* before);

}  // namespace thence::dns
