#include "responder/command/served_table.hpp"

#include "responder/command/json_text.hpp"
#include "responder/command/served_json.hpp"
#include "responder/command/text_table.hpp"
#include "responder/configuration/registry.hpp"
#include "responder/configuration/served_addresses.hpp"
#include "responder/log/log.hpp"

#include <vector>

#include <boost/json.hpp>

namespace thence {

namespace {

/// Of the first protocol that a usual client can ask.
std::string command_to_try(const Snapshot& snapshot, const ServedAddress& served) {
  for (const auto* const listener : served.listeners) {
    for (const auto& protocol : listener->protocols) {
      const auto plugin = plugin_index(protocol);
      const auto spoken = listener->transports & plugins()[plugin].transports;
      for (const auto transport : all_transports) {
        if (!spoken.contains(transport)) continue;
        auto command = snapshot.services[plugin]->example({served.address, listener->port}, transport);
        if (!command.empty()) return command;
      }
    }
  }
  return {};
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
                {"listeners", log::Json{json_text(listeners_json(each))}},
                {"views", log::Json{json_text(boost::json::value_from(each.views))}},
                {"elsewhere", log::Json{json_text(elsewhere_json(each))}},
                {"try", command_to_try(snapshot, each)}});
  }
}

}  // namespace thence
