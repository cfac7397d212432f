#include "responder/run/status_report.hpp"

#include "responder/configuration/registry.hpp"
#include "responder/configuration/served_addresses.hpp"
#include "responder/host/address.hpp"

#include <algorithm>

namespace thence {

namespace {

namespace ip = boost::asio::ip;
using Key = std::pair<std::uint32_t, ip::address>;

void add(Traffic& to, const Traffic& more) {
  to.requests += more.requests;
  to.replies += more.replies;
  to.dropped += more.dropped;
}

/// @param table one worker's
void add(std::map<Key, AddressStatus>& all, const TrafficTable& table) {
  for (std::size_t row = 0; row < table.rows().size(); ++row) {
    const auto& [interface, address, dropped, unsent] = table.rows()[row];
    auto& status = all[{interface, address}];
    status.dropped += dropped;
    status.unsent += unsent;
    for (std::size_t protocol = 0; protocol < plugins().size(); ++protocol) {
      for (const auto transport : all_transports) {
        if (!plugins()[protocol].transports.contains(transport)) continue;
        add(status.traffic[{std::string(plugins()[protocol].name), transport}],
            table.traffic(row, protocol, transport));
      }
    }
  }
}

bool says_something(const AddressStatus& status) {
  return status.dropped > 0 || status.unsent > 0 || std::ranges::any_of(status.traffic, [](const auto& each) {
           return each.second.requests > 0 || each.second.replies > 0;
         });
}

std::vector<AddressStatus> addresses(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host,
                                     const std::vector<WorkerReport>& reports) {
  std::map<Key, AddressStatus> all;
  for (const auto& report : reports) add(all, report.traffic);
  for (const auto& each : served_addresses(snapshot, interfaces, host)) {
    // Addresses beyond bound_on_addresses have no row.
    const auto found = all.find({each.index, without_scope(each.address)});
    if (found == all.end()) continue;
    found->second.views = each.views;
    for (const auto& there : each.elsewhere) found->second.views.push_back(there.text());
    for (const auto* const listener : each.listeners) {
      for (auto& [transports, protocols] : by_transports(*listener)) {
        found->second.served.push_back({listener->port, std::move(protocols), transports});
      }
    }
  }
  std::vector<AddressStatus> listed;
  for (auto& [key, status] : all) {
    const auto* const interface = interfaces.find(key.first);
    status.interface = interface == nullptr ? "other" : interface->name;
    status.address = key.second.is_unspecified() ? "other" : with_scope(key.second, key.first).to_string();
    if (status.address != "other" || says_something(status)) listed.push_back(std::move(status));
  }
  return listed;
}

void add(LatencyHistogram& to, const LatencyHistogram& more) {
  for (std::size_t i = 0; i < to.counts.size(); ++i) to.counts[i] += more.counts[i];
  to.seconds += more.seconds;
}

/// Merges several workers' values of the same measure.
void add(std::vector<Measure>& to, const std::vector<Measure>& more) {
  for (const auto& each : more) {
    const auto same = std::ranges::find_if(
        to, [&](const Measure& there) { return there.name == each.name && there.labels == each.labels; });
    if (same == to.end()) {
      to.push_back(each);
    } else {
      same->value = each.grows() ? same->value + each.value : std::max(same->value, each.value);
    }
  }
}

}  // namespace

Status status_of(const Snapshot& snapshot, const InterfaceTable& interfaces, HostFamilies host,
                 const std::vector<WorkerReport>& reports) {
  Status status;
  status.workers = static_cast<unsigned>(reports.size());
  status.addresses = addresses(snapshot, interfaces, host, reports);
  for (const auto& report : reports) {
    for (const auto& [name, value] : report.counters) status.counters[name] += value;
  }
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    const std::string name(plugins()[i].name);
    std::vector<Measure> measures;
    for (const auto& report : reports) {
      add(status.latency[name], report.latency[i]);
      add(measures, report.measures[i]);
    }
    const auto of_all = snapshot.services[i]->measures();
    measures.insert(measures.end(), of_all.begin(), of_all.end());
    if (!measures.empty()) status.measures[name] = std::move(measures);
  }
  return status;
}

}  // namespace thence
