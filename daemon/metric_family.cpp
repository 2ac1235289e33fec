#include "daemon/metric_family.h"

#include <limits>

namespace gatewatch::daemon {
namespace {

prometheus::MetricFamily family_of(std::string name, std::string help,
                                   prometheus::MetricType type) {
  return {std::move(name), std::move(help), type, {}};
}

prometheus::ClientMetric& add_series(prometheus::MetricFamily& family, const MetricLabels& labels) {
  auto& metric = family.metric.emplace_back();
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

}  // namespace

prometheus::MetricFamily counter_family(std::string name, std::string help) {
  return family_of(std::move(name), std::move(help), prometheus::MetricType::Counter);
}

prometheus::MetricFamily gauge_family(std::string name, std::string help) {
  return family_of(std::move(name), std::move(help), prometheus::MetricType::Gauge);
}

prometheus::MetricFamily histogram_family(std::string name, std::string help) {
  return family_of(std::move(name), std::move(help), prometheus::MetricType::Histogram);
}

void add_value(prometheus::MetricFamily& family, double value, const MetricLabels& labels) {
  auto& metric = add_series(family, labels);
  (family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) =
      value;
}

void add_histogram(prometheus::MetricFamily& family, std::span<const double> bounds,
                   std::span<const std::uint64_t> counts, double sum, const MetricLabels& labels) {
  auto& histogram = add_series(family, labels).histogram;
  for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) {
    histogram.sample_count += counts[bucket];
    const double bound =
        bucket < bounds.size() ? bounds[bucket] : std::numeric_limits<double>::infinity();
    histogram.bucket.push_back({histogram.sample_count, bound});
  }
  histogram.sample_sum = sum;
}

}  // namespace gatewatch::daemon
