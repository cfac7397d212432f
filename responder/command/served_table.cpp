#include "responder/command/served_table.hpp"

#include "responder/command/served_json.hpp"
#include "responder/command/text_table.hpp"
#include "responder/configuration/registry.hpp"
#include "responder/configuration/served_addresses.hpp"
#include "responder/log/log.hpp"

#include <algorithm>
#include <vector>

#include <boost/json.hpp>

namespace thence {

namespace {

/// A command that queries the first protocol served there.
std::string command_to_try(const Snapshot& snapshot, const ServedAddress& served) {
  const auto& first = *served.listeners.front();
  const auto plugin = plugin_index(first.protocols.front());
  const auto spoken = first.transports & plugins()[plugin].transports;
  const auto transport = *std::ranges::find_if(all_transports, [&](auto each) { return spoken.contains(each); });
  return snapshot.services[plugin]->example({served.address, first.port}, transport);
}

}  // namespace

std::string served_table(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host) {
  std::vector<std::vector<std::string>> rows{{"INTERFACE", "ADDRESS", "SERVED", "TRY"}};
  for (const auto& each : served_addresses(snapshot, interfaces, host)) {
    std::string what;
    for (const auto* const listener : each.listeners) what += (what.empty() ? "" : ", ") + served(*listener);
    rows.push_back({each.interface, each.address.to_string(), what, command_to_try(snapshot, each)});
  }
  return text_table(rows);
}

void log_served(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host) {
  for (const auto& each : served_addresses(snapshot, interfaces, host)) {
    log::write(log::LogLevel::info, "address served",
               {{"interface", each.interface},
                {"address", each.address.to_string()},
                {"listeners", log::Json{boost::json::serialize(listeners_json(each))}},
                {"views", log::Json{boost::json::serialize(boost::json::value_from(each.views))}},
                {"try", command_to_try(snapshot, each)}});
  }
}

}  // namespace thence
