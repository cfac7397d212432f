#pragma once

#include <chrono>

namespace thence::log {

/// While it is there, the process ends with a status when the time is over, whatever it waits for then. One at a time.
/// Each system has a source file of its own, deadline_SYSTEM.cpp.
class Deadline {
 public:
  Deadline(std::chrono::seconds from_now, int exit_status) noexcept;
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
};

}  // namespace thence::log
