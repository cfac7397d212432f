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

struct DnsCommand {
  std::string name;
  std::string server;
  std::string type;
  Asking asking;
};

struct CompareCommand {
  std::string host;
  std::uint16_t stun_port;
  std::uint16_t dns_port;
  std::string name;  ///< its TXT records tell who asked
  Asking asking;
};

/// @throws Failure
Status probe_stun(const StunCommand& command);
Status probe_nat(const NatCommand& command);
Status probe_dns(const DnsCommand& command);
Status probe_compare(const CompareCommand& command);

}  // namespace thence::probe
