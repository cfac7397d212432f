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

struct NatCommand {
  std::string host;
  Asking asking;                  ///< without `from`, the address that routing takes
  std::chrono::seconds lifetime;  ///< the longest time that a binding is left alone; 0: that test is not made
};

/// @throws Failure
Status probe_stun(const StunCommand& command);
Status probe_nat(const NatCommand& command);

}  // namespace thence::probe
