#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

namespace thence::admin {

/// The labels of a sample: names and values.
using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

/// One metric with all its samples. Whatever text goes in, the output is valid, and no two samples have the same
/// labels.
class MetricFamily {
 public:
  /// @param name any text: characters not allowed in a metric name become `_`
  /// @param help one sentence without a full stop
  MetricFamily(std::string_view name, std::string_view help, prometheus::MetricType type);

  /// Adds a sample of a counter or gauge. With the same labels, counters are summed and the largest gauge is kept.
  void add(const Labels& labels, double value);
  void add(const Labels& labels, prometheus::ClientMetric::Histogram histogram);

  bool empty() const noexcept { return samples_.empty(); }
  /// The samples in the order of their label values.
  prometheus::MetricFamily family() &&;

 private:
  std::string name_;
  std::string help_;
  prometheus::MetricType type_;
  std::map<std::vector<prometheus::ClientMetric::Label>, prometheus::ClientMetric> samples_;
};

}  // namespace thence::admin
