#include "responder/admin/metric_family.hpp"

#include "config/utf8.hpp"

#include <algorithm>
#include <functional>

namespace thence::admin {

namespace {

/// A metric or label name, with only the characters allowed in both.
std::string identifier(std::string_view text) {
  const auto fits = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') || each == '_';
  };
  std::string name(text);
  std::replace_if(name.begin(), name.end(), std::not_fn(fits), '_');
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name.insert(0, 1, '_');
  return name;
}

/// The serializer escapes label values, but not this.
std::string escaped_help(std::string_view text) {
  std::string help;
  for (const char each : config::utf8(text)) help.append(each == '\\' ? 2 : 1, each);
  return help;
}

std::vector<prometheus::ClientMetric::Label> valid(const Labels& labels) {
  std::vector<prometheus::ClientMetric::Label> all;
  for (const auto& [name, value] : labels) all.push_back({identifier(name), config::utf8(value)});
  return all;
}

}  // namespace

MetricFamily::MetricFamily(std::string_view name, std::string_view help, prometheus::MetricType type)
    : name_(identifier(name)), help_(escaped_help(help)), type_(type) {}

void MetricFamily::add(const Labels& labels, double value) {
  const auto [found, is_new] = samples_.try_emplace(valid(labels));
  auto& sample = found->second;
  sample.counter.value += value;
  sample.gauge.value = is_new ? value : std::max(sample.gauge.value, value);
}

void MetricFamily::add(const Labels& labels, prometheus::ClientMetric::Histogram histogram) {
  samples_[valid(labels)].histogram = std::move(histogram);
}

prometheus::MetricFamily MetricFamily::family() && {
  prometheus::MetricFamily result{name_, help_, type_, {}};
  for (auto& [labels, sample] : samples_) {
    sample.label = labels;
    result.metric.push_back(std::move(sample));
  }
  return result;
}

}  // namespace thence::admin
