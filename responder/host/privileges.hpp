#pragma once

#include "config/settings.hpp"

#include <string>

/// The rights of the process (Linux: capabilities(7)). Each system has a source file of its own, privileges_SYSTEM.cpp.
/// To be called before any thread but the first one is there.
namespace thence::privileges {

/// Becomes a user with its groups, and keeps those capabilities that serving may need. A process that is that user
/// already stays as it is.
/// @throws std::runtime_error when there is no such user, or this one may not become it
void become(const std::string& user);

/// Gives up all capabilities but those that the listeners need, for good: CAP_NET_BIND_SERVICE for ports that only it
/// opens, CAP_NET_RAW or, without that, CAP_NET_ADMIN for `transparent: true`. Root keeps CAP_DAC_READ_SEARCH, as it
/// would not be able to read files of others any more.
/// @throws std::runtime_error with what the system said
void keep_what_is_needed(const config::Settings& settings);

}  // namespace thence::privileges
