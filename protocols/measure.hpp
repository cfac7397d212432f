#pragma once

#include <string>
#include <utility>
#include <vector>

namespace thence {

/// A value that a protocol reports for monitoring.
struct Measure {
  std::string name;  ///< without the protocol's name: `zone_serial`; ends in `_total` if it only ever grows
  std::string help;  ///< one sentence without a full stop; always the same for a name
  std::vector<std::pair<std::string, std::string>> labels;  ///< always the same keys for a name
  double value = 0;

  /// How the values of several workers combine: growing ones are summed, of others the greatest counts.
  bool grows() const { return name.ends_with("_total"); }
};

}  // namespace thence
