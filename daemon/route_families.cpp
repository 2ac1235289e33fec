#include "daemon/route_families.h"

#include <chrono>
#include <utility>
#include <vector>

#include "daemon/metric_family.h"

namespace gatewatch::daemon {
namespace {

using prometheus::MetricFamily;

double seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

MetricLabels labels_of(const std::string& route, const LiveRegion& region) {
  return {{"route", route}, {"region", region.name}};
}

MetricLabels labels_of(const std::string& route, const LiveRegion& region, std::string name,
                       std::string value) {
  return {{"route", route}, {"region", region.name}, {std::move(name), std::move(value)}};
}

template <typename Count>
void add(MetricFamily& family, const DurationHistogram<Count>& histogram,
         const MetricLabels& labels) {
  const std::vector<std::uint64_t> counts(histogram.counts.begin(), histogram.counts.end());
  add_histogram(family, duration_bounds_seconds, counts, seconds(histogram.sum), labels);
}

void add_responses(MetricFamily& family, const std::string& route, const LiveRegion& region) {
  const auto& responses = region.counters.responses;
  for (const auto& [code, count] : responses.all()) {
    add_value(family, count, labels_of(route, region, "code", std::to_string(code)));
  }
  if (responses.others() > 0) {
    add_value(family, responses.others(), labels_of(route, region, "code", "other"));
  }
}

void add_results(MetricFamily& family, const std::string& route, const LiveRegion& region) {
  const auto& counters = region.counters;
  for (const auto& [result, count] : {std::pair("ok", counters.ok),
                                      {"failing", counters.failing},
                                      {"unknown", counters.unknown}}) {
    add_value(family, count, labels_of(route, region, "result", result));
  }
}

void add_failures(MetricFamily& family, const std::string& route, const LiveRegion& region) {
  for (const auto& [outcome, count] : region.counters.failures.all()) {
    add_value(family, count,
              labels_of(route, region, "reason", std::string(outcome_row(outcome).name)));
  }
}

void add_duration(MetricFamily& family, const std::string& route, const LiveRegion& region) {
  add(family, region.counters.duration, labels_of(route, region));
}

void add_phases(MetricFamily& family, const std::string& route, const LiveRegion& region) {
  for (int phase = 0; phase < phase_count; ++phase) {
    add_value(
        family, seconds(region.counters.phases[static_cast<std::size_t>(phase)]),
        labels_of(route, region, "phase", std::string(phase_name(static_cast<Phase>(phase)))));
  }
}

void add_up(MetricFamily& family, const std::string& route, const LiveRegion& region) {
  add_value(family, region.counters.up ? 1 : 0, labels_of(route, region));
}

void add_expiry(MetricFamily& family, const std::string& route, const LiveRegion& region) {
  const auto& expiry = region.counters.certificate_expiry;
  if (expiry) add_value(family, seconds(expiry->time_since_epoch()), labels_of(route, region));
}

}  // namespace

std::span<const RouteFamily> route_families() {
  static const std::vector<RouteFamily> families = {
      {counter_family("gatewatch_probe_responses_total",
                      "Responses by status code; also broken-off ones, and refusals by a proxy."),
       &add_responses},
      {counter_family("gatewatch_probe_results_total",
                      "Results: ok, failing, or unknown for a fault of our own."),
       &add_results},
      {counter_family("gatewatch_probe_failures_total",
                      "Failing results by reason: the outcome's name."),
       &add_failures},
      {histogram_family("gatewatch_probe_duration_seconds", "How long probes took."),
       &add_duration},
      {counter_family("gatewatch_probe_phase_seconds_total",
                      "Time spent in each phase, over all redirects of a probe."),
       &add_phases},
      {gauge_family("gatewatch_route_up", "Whether no result of the newest turn was a failure."),
       &add_up},
      {gauge_family("gatewatch_certificate_expiry_timestamp_seconds",
                    "When the verified certificate chain expires."),
       &add_expiry},
  };
  return families;
}

MetricFamily phase_family(const std::map<std::string, PhaseHistograms>& phases) {
  auto family = histogram_family("gatewatch_probe_phase_duration_seconds",
                                 "How long each phase of the probes of all routes took.");
  for (const auto& [region, histograms] : phases) {
    for (int phase = 0; phase < phase_count; ++phase) {
      add(family, histograms[static_cast<std::size_t>(phase)],
          {{"region", region}, {"phase", std::string(phase_name(static_cast<Phase>(phase)))}});
    }
  }
  return family;
}

}  // namespace gatewatch::daemon
