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
    const auto plugin = plugin_index(first.protocols.front());
    const auto spoken = first.transports & plugins()[plugin].transports;
    const auto transport = *std::ranges::find_if(all_transports, [&](auto each) { return spoken.contains(each); });
    rows.push_back(
        {interface, address.to_string(), what, snapshot.services[plugin]->example({address, first.port}, transport)});
  }
  return text_table(rows);
}

}  // namespace thence
