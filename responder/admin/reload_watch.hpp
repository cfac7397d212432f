#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thence::admin {

/// What a running server says of its reloads. See Status::Reloads.
struct ReloadState {
  int pid = 0;
  std::uint64_t asked = 0;
  std::uint64_t done = 0;
  bool busy = false;
  bool last_refused = false;
  std::vector<std::string> words;
};

/// Reads it from a /status.json.
/// @throws std::runtime_error when it is not there
ReloadState read_reload_state(std::string_view status_json);

/// Finds out when a reload has ended that began after it was asked for. One that goes on already may have read the
/// files before they changed, and another one follows it.
class ReloadWatch {
 public:
  /// @param before from before the reload was asked for
  explicit ReloadWatch(const ReloadState& before) : asked_before_(before.asked) {}

  /// @param now in the order in which they were seen
  bool ended(const ReloadState& now);

 private:
  std::uint64_t asked_before_;
  std::optional<std::uint64_t> done_at_first_;  ///< when the server was first seen to know that it is asked
};

}  // namespace thence::admin
