#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thence::admin {

/// What a running server reports about its reloads. See Status::Reloads.
struct ReloadState {
  int pid = 0;
  std::uint64_t asked = 0;
  std::uint64_t done = 0;
  bool busy = false;
  bool last_refused = false;
  std::vector<std::string> words;
};

/// Reads it from /status.json.
/// @throws std::runtime_error when it is missing
ReloadState read_reload_state(std::string_view status_json);

/// Finds out when a reload that began after the request for it has ended. A reload already in progress may have read
/// the files before they changed; it is followed by another one.
class ReloadWatch {
 public:
  /// @param before the state before the reload was requested
  explicit ReloadWatch(const ReloadState& before) : asked_before_(before.asked) {}

  /// @param now to be given in the order observed
  bool ended(const ReloadState& now);

 private:
  std::uint64_t asked_before_;
  std::optional<std::uint64_t> done_at_first_;  ///< when the server was first seen to have the request
};

}  // namespace thence::admin
