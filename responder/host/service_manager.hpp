#pragma once

#include <chrono>
#include <optional>
#include <string>

/// Notifies a service manager such as systemd (Linux: sd_notify(3)). Without one, does nothing. Each system has its own
/// source file, service_manager_SYSTEM.cpp.
namespace thence::service_manager {

/// The server is ready.
void ready();
/// A reload has started; ready() ends it.
void reloading();
/// The server is shutting down.
void stopping();
/// A status line for humans.
void status(const std::string& line);
/// The server is healthy; see watchdog().
void alive();

/// The interval within which alive() must be called; nothing if there is no watchdog.
std::optional<std::chrono::microseconds> watchdog();

}  // namespace thence::service_manager
