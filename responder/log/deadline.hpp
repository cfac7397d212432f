#pragma once

#include <chrono>

namespace thence::log {

/// While one exists, the process exits with the given status once the time is up, whatever it is blocked on. At most
/// one may exist at a time. Each system has its own source file, deadline_SYSTEM.cpp.
class Deadline {
 public:
  Deadline(std::chrono::seconds from_now, int exit_status) noexcept;
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
};

}  // namespace thence::log
