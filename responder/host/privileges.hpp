#pragma once

#include "config/settings.hpp"

#include <string>

/// The privileges of the process (Linux: capabilities(7)). Each system has its own source file, privileges_SYSTEM.cpp.
/// Call these before starting any other thread.
namespace thence::privileges {

/// Switches to a user and its groups, and keeps the capabilities that serving may need. Does nothing if the process
/// already runs as that user.
/// @throws std::runtime_error if there is no such user, or the process may not switch to it
void become(const std::string& user);

/// Permanently drops all capabilities except those that the listeners need: CAP_NET_BIND_SERVICE for privileged ports,
/// and CAP_NET_RAW (or CAP_NET_ADMIN if that is missing) for `transparent: true`. Root keeps CAP_DAC_READ_SEARCH,
/// without which it could no longer read other users' files.
/// @throws std::runtime_error with the system's error
void keep_what_is_needed(const config::Settings& settings);

}  // namespace thence::privileges
