#pragma once

#include "responder/probe/failure.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

/// The subcommands of `thence probe`. Each writes to the standard output and returns the exit status.
namespace thence::probe {

/// What all of them take.
struct Asking {
  std::optional<std::string> from;  ///< an address or an interface; nothing: all that can reach the server
  std::chrono::milliseconds timeout{};
  bool json = false;
};

struct StunCommand {
  std::string host;
  Asking asking;
};

/// @throws Failure
Status probe_stun(const StunCommand& command);

}  // namespace thence::probe
