#include "responder/admin/metrics.hpp"

#include "responder/admin/metric_family.hpp"

#include <map>
#include <optional>
#include <utility>

#include <prometheus/text_serializer.h>

namespace thence::admin {

namespace {

using prometheus::MetricType;
using Families = std::vector<MetricFamily>;

double seconds_of(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

double number(std::uint64_t value) { return static_cast<double>(value); }

MetricFamily single(std::string_view name, std::string_view help, double value, MetricType type = MetricType::Gauge) {
  MetricFamily family(name, help, type);
  family.add({}, value);
  return family;
}

void add_server(const Status& status, Families& families) {
  MetricFamily build("thence_build_info", "Always 1, with the version of the program", MetricType::Gauge);
  build.add({{"version", status.version}}, 1);
  families.push_back(std::move(build));
  families.push_back(single("thence_start_time_seconds", "When the server started, in seconds since 1970",
                            seconds_of(status.started)));
  families.push_back(single("thence_workers", "Threads that answer requests", status.workers));
  families.push_back(
      single("thence_live", "Whether all workers have responded recently", static_cast<double>(status.live)));
  families.push_back(
      single("thence_ready", "Whether it serves, and is not shutting down", static_cast<double>(status.ready)));
}

void add_reloads(const Status::Reloads& reloads, Families& families) {
  const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
    families.push_back(single(name, help, number(value), MetricType::Counter));
  };
  counter("thence_reloads_total", "Reloads of the configuration that have ended, refused or not", reloads.done);
  counter("thence_reloads_refused_total", "Reloads that were refused", reloads.refused);
  counter("thence_reloads_asked_total", "Reloads that were requested; several requests may share one reload",
          reloads.asked);
  families.push_back(
      single("thence_reload_busy", "Whether a reload is in progress", static_cast<double>(reloads.busy)));
  families.push_back(single("thence_reload_last_refused", "Whether the last reload was refused",
                            static_cast<double>(reloads.last_refused)));
}

void add_addresses(const std::vector<AddressStatus>& addresses, Families& families) {
  MetricFamily requests("thence_requests_total", "Requests that a protocol received", MetricType::Counter);
  MetricFamily replies("thence_replies_total", "Replies that a protocol produced", MetricType::Counter);
  MetricFamily drops("thence_drops_total", "Requests that a protocol did not reply to", MetricType::Counter);
  MetricFamily early("thence_unclaimed_drops_total", "Drops before the protocol was known", MetricType::Counter);
  MetricFamily unsent("thence_unsent_total", "UDP replies that the system refused to send", MetricType::Counter);
  for (const auto& each : addresses) {
    for (const auto& [whose, traffic] : each.traffic) {
      const Labels labels{{"protocol", whose.first},
                          {"transport", name(whose.second)},
                          {"interface", each.interface},
                          {"address", each.address}};
      requests.add(labels, number(traffic.requests));
      replies.add(labels, number(traffic.replies));
      drops.add(labels, number(traffic.dropped));
    }
    early.add({{"interface", each.interface}, {"address", each.address}}, number(each.dropped));
    unsent.add({{"interface", each.interface}, {"address", each.address}}, number(each.unsent));
  }
  for (auto* const family : {&requests, &replies, &drops, &early, &unsent}) families.push_back(std::move(*family));
}

/// The text after a prefix; nothing if the text does not begin with it.
std::optional<std::string_view> behind(std::string_view prefix, std::string_view text) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

/// The counters, whose names are PLACE.WHAT or PLACE.WHAT.WHY. A place is a transport or, if not, a protocol.
class CounterFamilies {
 public:
  void add(const std::string& whole, double value) {
    const auto dot = whole.find('.');
    const auto place = std::string_view(whole).substr(0, dot);
    const auto what = dot == std::string::npos ? std::string_view() : std::string_view(whole).substr(dot + 1);
    if (!add_sorted(place, what, value)) events_.add({{"event", whole}}, value);
  }

  void move_to(Families& families) {
    for (auto* const family : {&drops_, &errors_, &refused_, &closed_, &outcomes_, &events_}) {
      families.push_back(std::move(*family));
    }
  }

 private:
  /// @return whether the counter belongs to one of the families other than events
  bool add_sorted(std::string_view place, std::string_view what, double value) {
    if (what.empty()) return false;
    const bool is_transport = std::ranges::count(all_transports, place, [](auto each) { return name(each); }) != 0;
    if (!is_transport) {
      outcomes_.add({{"protocol", place}, {"outcome", what}}, value);
    } else if (const auto cause = behind("dropped.", what)) {
      drops_.add({{"transport", place}, {"cause", *cause}}, value);
    } else if (const auto error = behind("send-error.", what)) {
      errors_.add({{"transport", place}, {"errno", *error}}, value);
    } else if (const auto refusal = behind("refused.", what)) {
      refused_.add({{"cause", *refusal}}, value);
    } else if (const auto why = behind("closed.", what)) {
      closed_.add({{"cause", *why}}, value);
    } else {
      return false;
    }
    return true;
  }

  static MetricFamily counter(std::string_view name, std::string_view help) {
    return {name, help, MetricType::Counter};
  }

  MetricFamily drops_ = counter("thence_drops_by_cause_total", "Drops outside the protocols, by cause");
  MetricFamily errors_ = counter("thence_send_errors_total", "Replies that the system refused to send, by error");
  MetricFamily refused_ = counter("thence_connections_refused_total", "TCP connections that were not served, by cause");
  MetricFamily closed_ = counter("thence_connections_closed_total", "TCP connections that the server closed, by cause");
  MetricFamily outcomes_ = counter("thence_outcomes_total", "Outcomes of requests, in the protocol's terms");
  MetricFamily events_ = counter("thence_events_total", "All other events");
};

void add_counters(const std::map<std::string, std::uint64_t>& counters, Families& families) {
  CounterFamilies sorted;
  for (const auto& [whole, value] : counters) sorted.add(whole, number(value));
  sorted.move_to(families);
}

prometheus::ClientMetric::Histogram cumulative(const LatencyHistogram& latency) {
  prometheus::ClientMetric::Histogram histogram;
  for (std::size_t i = 0; i < latency.counts.size(); ++i) {
    histogram.sample_count += latency.counts[i];
    // The serializer adds the +Inf bucket.
    if (i == LatencyHistogram::buckets) break;
    const auto bound = std::chrono::duration<double>(LatencyHistogram::bound(i)).count();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = latency.seconds;
  return histogram;
}

void add_latency(const std::map<std::string, LatencyHistogram>& latency, Families& families) {
  MetricFamily family("thence_latency_seconds",
                      "Time from receiving a request to sending its reply, except deferred ones",
                      MetricType::Histogram);
  for (const auto& [protocol, histogram] : latency) family.add({{"protocol", protocol}}, cumulative(histogram));
  families.push_back(std::move(family));
}

void add_measures(const std::string& protocol, const std::vector<Measure>& measures, Families& families) {
  std::map<std::string_view, MetricFamily> by_name;
  for (const auto& each : measures) {
    auto& family = by_name
                       .try_emplace(each.name, "thence_" + protocol + '_' + each.name, each.help,
                                    each.grows() ? MetricType::Counter : MetricType::Gauge)
                       .first->second;
    family.add({each.labels.begin(), each.labels.end()}, each.value);
  }
  for (auto& [name, family] : by_name) families.push_back(std::move(family));
}

}  // namespace

std::string metrics(const Status& status) {
  Families families;
  add_server(status, families);
  add_reloads(status.reloads, families);
  add_addresses(status.addresses, families);
  add_counters(status.counters, families);
  add_latency(status.latency, families);
  for (const auto& [protocol, measures] : status.measures) add_measures(protocol, measures, families);

  std::vector<prometheus::MetricFamily> all;
  for (auto& each : families) {
    if (!each.empty()) all.push_back(std::move(each).family());
  }
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace thence::admin
