#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace thence {

/// How often one kind of event happened on one worker. Only that worker's thread may touch it.
struct Counter {
  std::string name;
  std::uint64_t value = 0;
};

/// The counters of one worker or of one protocol on it. A counter is created once, by name, and its address is stable.
/// Names come from the code, never from input, so their number is bounded.
class Counters {
 public:
  /// The counter of that name, created at 0 when new.
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
