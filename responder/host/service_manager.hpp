#pragma once

#include <chrono>
#include <optional>
#include <string>

/// What a service manager such as systemd is told (Linux: sd_notify(3)). Without one, nothing happens. Each system has
/// a source file of its own, service_manager_SYSTEM.cpp.
namespace thence::service_manager {

/// It serves.
void ready();
/// It reads its configuration again; ready() ends that.
void reloading();
/// It is about to end.
void stopping();
/// A line for a person.
void status(const std::string& line);
/// It is still well.
void alive();

/// Within which time alive() has to be called again and again; nothing: nobody waits for it.
std::optional<std::chrono::microseconds> watchdog();

}  // namespace thence::service_manager
