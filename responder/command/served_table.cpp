#include "responder/command/served_table.hpp"

#include "responder/command/text_table.hpp"
#include "responder/configuration/registry.hpp"
#include "responder/configuration/served_addresses.hpp"

#include <algorithm>
#include <vector>

namespace thence {

std::string served_table(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host) {
  std::vector<std::vector<std::string>> rows{{"INTERFACE", "ADDRESS", "SERVED", "TRY"}};
  for (const auto& [address, interface, index, listeners, views] : served_addresses(snapshot, interfaces, host)) {
    std::string what;
    for (const auto* const listener : listeners) what += (what.empty() ? "" : ", ") + served(*listener);
    const auto& first = *listeners.front();
    const auto& service = snapshot.services[plugin_index(first.protocols.front())];
    rows.push_back({interface, address.to_string(), what,
                    service.example({address, first.port}, first.udp ? Transport::udp : Transport::tcp)});
  }
  return text_table(rows);
}

}  // namespace thence
