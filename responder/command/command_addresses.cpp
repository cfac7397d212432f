#include "responder/command/commands.hpp"
#include "responder/command/json_text.hpp"
#include "responder/command/served_json.hpp"
#include "responder/command/text_table.hpp"
#include "responder/configuration/served_addresses.hpp"
#include "responder/configuration/snapshot.hpp"
#include "responder/host/console.hpp"
#include "responder/host/host_families.hpp"
#include "responder/host/interface_monitor.hpp"
#include "responder/host/signals.hpp"

#include <iostream>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

namespace thence::command {

namespace {

std::string as_text(const Snapshot& snapshot, const InterfaceTable& interfaces) {
  std::vector<std::vector<std::string>> rows{{"INTERFACE", "ADDRESS", "SERVED", "VIEWS"}};
  for (const auto& each : served_addresses(snapshot, interfaces, host_families())) {
    std::string what;
    for (const auto* const listener : each.listeners) what += (what.empty() ? "" : ", ") + served(*listener);
    const auto views = each.views_text();
    rows.push_back({each.interface, each.address.to_string(), what, views.empty() ? "-" : views});
  }
  return text_table(rows);
}

/// All addresses on one line.
std::string json(const Snapshot& snapshot, const InterfaceTable& interfaces) {
  boost::json::array all;
  for (const auto& each : served_addresses(snapshot, interfaces, host_families())) {
    all.push_back(boost::json::object{{"interface", each.interface},
                                      {"address", each.address.to_string()},
                                      {"listeners", listeners_json(each)},
                                      {"views", boost::json::value_from(each.views)},
                                      {"elsewhere", elsewhere_json(each)}});
  }
  return json_text(std::move(all)) + '\n';
}

/// Prints again whenever the host changes, until SIGINT, SIGTERM, or its output is closed.
int watch(const std::function<void(const InterfaceTable&)>& print) {
  boost::asio::io_context context;
  Signals signals(context, {Signal::interrupt, Signal::terminate});
  signals.wait([&](Signal) { context.stop(); });
  InterfaceMonitor monitor(context, [&](const InterfaceTable& now) {
    print(now);
    if (!std::cout) context.stop();
  });
  print(monitor.table());
  context.run();
  return 0;
}

}  // namespace

int addresses(const ConfigurationFile& file, const AddressesOptions& options) {
  const auto snapshot = load(file);
  const auto print = [&](const InterfaceTable& interfaces) {
    if (options.watch && !options.json && console::output_is_terminal()) std::cout << console::clear_screen;
    std::cout << (options.json ? json(snapshot, interfaces) : as_text(snapshot, interfaces)) << std::flush;
  };
  if (options.watch) return watch(print);
  print(read_interfaces());
  return 0;
}

}  // namespace thence::command
