// Small builders of prometheus-cpp's families: a scrape makes them from live state, so that a
// series costs nothing between scrapes.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>

namespace gatewatch::daemon {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] prometheus::MetricFamily counter_family(std::string name, std::string help);
[[nodiscard]] prometheus::MetricFamily gauge_family(std::string name, std::string help);
[[nodiscard]] prometheus::MetricFamily histogram_family(std::string name, std::string help);

// Adds one series to a counter or gauge family.
void add_value(prometheus::MetricFamily& family, double value, const MetricLabels& labels = {});
// Adds one series to a histogram family. `counts`: per bucket, not cumulative, one more than
// `bounds` for what is over the last.
void add_histogram(prometheus::MetricFamily& family, std::span<const double> bounds,
                   std::span<const std::uint64_t> counts, double sum,
                   const MetricLabels& labels = {});

}  // namespace gatewatch::daemon
