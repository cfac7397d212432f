#pragma once

#include <string>
#include <utility>
#include <vector>

namespace thence {

/// A value that a protocol tells to those who watch the server.
struct Measure {
  std::string name;  ///< without the protocol's: `zone_serial`; it ends in `_total` when it only ever grows
  std::string help;  ///< one sentence without a full stop; of a name, always the same
  std::vector<std::pair<std::string, std::string>> labels;  ///< of a name, always the same keys
  double value = 0;

  /// Of workers that say different: those that grow are added up, of others the greatest holds.
  bool grows() const { return name.ends_with("_total"); }
};

}  // namespace thence
