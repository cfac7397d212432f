#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace thence {

/// How often one thing happened on one worker. Touched by that worker's thread only.
struct Counter {
  std::string name;
  std::uint64_t value = 0;
};

/// The counters of one worker or of one protocol on it. A counter is made once, by name, and stays where it is; the
/// names come from the code, never from input, so their number is bounded.
class Counters {
 public:
  /// The counter of that name, made at 0 when it is new.
  Counter& operator[](std::string_view name) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const Counter& each) { return each.name == name; });
    if (found != all_.end()) return *found;
    return all_.emplace_back(Counter{std::string(name)});
  }

  auto begin() const noexcept { return all_.begin(); }
  auto end() const noexcept { return all_.end(); }

 private:
  std::deque<Counter> all_;
};

}  // namespace thence
