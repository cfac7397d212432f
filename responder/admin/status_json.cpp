#include "responder/admin/status_json.hpp"

#include "config/utf8.hpp"

#include <cmath>
#include <string_view>

#include <boost/json.hpp>

namespace thence::admin {

namespace {

namespace json = boost::json;

json::string text(std::string_view words) { return {config::utf8(words)}; }

json::array texts(const std::vector<std::string>& lines) {
  json::array all;
  for (const auto& each : lines) all.push_back(text(each));
  return all;
}

/// JSON has neither infinity nor NaN.
json::value number(double value) { return std::isfinite(value) ? json::value(value) : json::value(nullptr); }

/// Whole seconds.
template <typename Duration>
std::int64_t seconds_of(Duration time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

json::object of(const Status::Reloads& reloads) {
  return {{"done", reloads.done}, {"refused", reloads.refused},           {"asked", reloads.asked},
          {"busy", reloads.busy}, {"last_refused", reloads.last_refused}, {"words", texts(reloads.words)}};
}

json::object of(const ServedPort& port) {
  json::object served{{"port", port.port}, {"protocols", texts(port.protocols)}};
  for (const auto each : all_transports) served[name(each)] = port.transports.contains(each);
  return served;
}

json::object of(const AddressStatus& address) {
  json::array served;
  for (const auto& each : address.served) served.push_back(of(each));
  json::array traffic;
  for (const auto& [whose, counts] : address.traffic) {
    traffic.push_back({{"protocol", text(whose.first)},
                       {"transport", name(whose.second)},
                       {"requests", counts.requests},
                       {"replies", counts.replies},
                       {"dropped", counts.dropped}});
  }
  return {{"interface", text(address.interface)},
          {"address", text(address.address)},
          {"served", std::move(served)},
          {"views", texts(address.views)},
          {"traffic", std::move(traffic)},
          {"dropped", address.dropped},
          {"unsent", address.unsent}};
}

json::object of(const LatencyHistogram& latency) {
  json::array bounds;
  for (std::size_t i = 0; i < LatencyHistogram::buckets; ++i) bounds.push_back(LatencyHistogram::bound(i).count());
  json::array counts(latency.counts.begin(), latency.counts.end());
  return {{"bounds_us", std::move(bounds)}, {"counts", std::move(counts)}, {"seconds", number(latency.seconds)}};
}

json::array of(const std::vector<Measure>& measures) {
  json::array all;
  for (const auto& each : measures) {
    json::object labels;
    for (const auto& [name, value] : each.labels) labels[config::utf8(name)] = text(value);
    all.push_back({{"name", text(each.name)},
                   {"help", text(each.help)},
                   {"labels", std::move(labels)},
                   {"value", number(each.value)}});
  }
  return all;
}

/// An object that maps each name to its values.
template <typename Value, typename Make>
json::object named(const std::map<std::string, Value>& values, const Make& make) {
  json::object all;
  for (const auto& [name, value] : values) all[config::utf8(name)] = make(value);
  return all;
}

}  // namespace

std::string status_json(const Status& status, const boost::asio::ip::tcp::endpoint& peer) {
  json::array addresses;
  for (const auto& each : status.addresses) addresses.push_back(of(each));
  const auto make = [](const auto& value) { return of(value); };
  const json::object all{
      {"version", text(status.version)},
      {"pid", status.pid},
      {"started", seconds_of(status.started.time_since_epoch())},
      {"uptime_seconds", seconds_of(status.uptime)},
      {"configuration", text(status.configuration)},
      {"workers", status.workers},
      {"live", status.live},
      {"ready", status.ready},
      {"not_ready", texts(status.not_ready)},
      {"not_served", texts(status.not_served)},
      {"reloads", of(status.reloads)},
      {"addresses", std::move(addresses)},
      {"counters", named(status.counters, [](std::uint64_t value) { return value; })},
      {"latency", named(status.latency, make)},
      {"measures", named(status.measures, make)},
      {"peer", {{"address", peer.address().to_string()}, {"port", peer.port()}}},
  };
  return json::serialize(all) + '\n';
}

}  // namespace thence::admin
