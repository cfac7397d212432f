#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace thence::config {

/// A list of names or globs (`*`, `?`, `[a-z]`) as settings have it, in which `!` excludes. A name is covered that one
/// of those included matches, or where none is, any; and that none of those excluded matches. The order means nothing.
struct GlobList {
  std::vector<std::string> included;
  std::vector<std::string> excluded;

  /// Whether it says nothing, and so covers all names.
  bool empty() const noexcept { return included.empty() && excluded.empty(); }
  bool covers(const std::string& name) const;

  friend bool operator==(const GlobList&, const GlobList&) = default;
};

}  // namespace thence::config
