#include "responder/probe/asked_sources.hpp"

#include "responder/host/interface_monitor.hpp"
#include "responder/probe/failure.hpp"

namespace thence::probe {

std::vector<AskedSource> asked_sources(const std::vector<Endpoint>& servers, const std::optional<std::string>& from) {
  const auto interfaces = read_interfaces();
  std::vector<AskedSource> asked;
  std::optional<Failure> failure;
  for (const auto& server : servers) {
    try {
      for (const auto& source : local_sources(interfaces, server.address(), from))
        asked.push_back({source, Endpoint(source.server, server.port())});
    } catch (const Failure& none) {
      if (none.status() == Status::usage) throw;
      failure = none;
    }
  }
  if (asked.empty() && failure) throw Failure(*failure);
  return asked;
}

}  // namespace thence::probe
