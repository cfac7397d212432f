#include "responder/host/service_manager.hpp"

#include <ctime>

#include <systemd/sd-daemon.h>

namespace thence::service_manager {

void ready() { ::sd_notify(0, "READY=1"); }

void reloading() {
  // The timestamp distinguishes this reload from the previous one.
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
  ::sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds)).c_str());
}

void stopping() { ::sd_notify(0, "STOPPING=1"); }

void status(const std::string& line) { ::sd_notify(0, ("STATUS=" + line).c_str()); }

void alive() { ::sd_notify(0, "WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::microseconds(microseconds);
}

}  // namespace thence::service_manager
