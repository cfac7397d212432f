#pragma once

#include "responder/probe/failure.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

/// The subcommands of `thence probe`. Each writes to standard output and returns the exit status.
namespace thence::probe {

/// The options common to all of them.
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
  Asking asking;                  ///< without `from`, the source address that routing selects
  std::chrono::seconds lifetime;  ///< the longest time to leave a binding idle; 0: skip that test
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
  std::string name;  ///< a name whose TXT records give the client's address
  Asking asking;
};

/// @throws Failure
Status probe_stun(const StunCommand& command);
Status probe_nat(const NatCommand& command);
Status probe_dns(const DnsCommand& command);
Status probe_compare(const CompareCommand& command);

}  // namespace thence::probe
