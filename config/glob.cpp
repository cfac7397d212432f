#include "config/glob.hpp"

#include <algorithm>

#include <fnmatch.h>

namespace thence::config {

namespace {

bool matches(const std::vector<std::string>& globs, const std::string& name) {
  return std::ranges::any_of(globs, [&](const auto& each) { return ::fnmatch(each.c_str(), name.c_str(), 0) == 0; });
}

}  // namespace

bool GlobList::covers(const std::string& name) const {
  return (included.empty() || matches(included, name)) && !matches(excluded, name);
}

}  // namespace thence::config
