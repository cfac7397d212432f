#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thence::config {

/// A setting that lists names or globs (`*`, `?`, `[a-z]`), where `!` excludes. A name is covered when it matches an
/// included one, or none are included, and matches no excluded one. Order does not matter.
struct GlobList {
  std::vector<std::string> included;
  std::vector<std::string> excluded;

  /// An empty list covers all names.
  bool empty() const noexcept { return included.empty() && excluded.empty(); }
  bool covers(const std::string& name) const;

  friend bool operator==(const GlobList&, const GlobList&) = default;
};

}  // namespace thence::config
