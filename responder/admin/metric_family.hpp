#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

namespace thence::admin {

/// Labels of a metric: names and values.
using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

/// One metric with all its label values. Whatever text it is made of, what comes out is valid, and no two samples have
/// the same labels.
class MetricFamily {
 public:
  /// @param name of any text: what a name cannot have becomes `_`
  /// @param help one sentence without a full stop
  MetricFamily(std::string_view name, std::string_view help, prometheus::MetricType type);

  /// A sample of a counter or gauge. Of counters with the same labels there is the sum, of gauges the greatest.
  void add(const Labels& labels, double value);
  void add(const Labels& labels, prometheus::ClientMetric::Histogram histogram);

  bool empty() const noexcept { return samples_.empty(); }
  /// In the order of their label values.
  prometheus::MetricFamily family() &&;

 private:
  std::string name_;
  std::string help_;
  prometheus::MetricType type_;
  std::map<std::vector<prometheus::ClientMetric::Label>, prometheus::ClientMetric> samples_;
};

}  // namespace thence::admin
