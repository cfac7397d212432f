#include "responder/probe/comparison.hpp"

#include "responder/probe/binding_transaction.hpp"
#include "responder/probe/failure.hpp"
#include "responder/probe/host_port.hpp"

#include <array>

namespace thence::probe {

Comparison compare(const std::optional<Endpoint>& stun, const std::optional<Endpoint>& dns) {
  if (!stun || !dns) return Comparison::unknown;
  if (same_endpoint(*stun, *dns)) return Comparison::same;
  return same_endpoint({stun->address(), 0}, {dns->address(), 0}) ? Comparison::other_port : Comparison::other_address;
}

std::string_view name(Comparison comparison) {
  constexpr std::array names{"same", "other port", "other address", "unknown"};
  return names[static_cast<std::size_t>(comparison)];
}

std::optional<Endpoint> read_client_text(const std::vector<std::string>& texts) {
  for (const auto& text : texts) {
    try {
      const auto read = read_host_port(text);
      if (read.literal && read.port) return Endpoint(*read.literal, *read.port);
    } catch (const Failure&) {
      // Some other TXT record of that name; try the next.
      continue;
    }
  }
  return {};
}

}  // namespace thence::probe
