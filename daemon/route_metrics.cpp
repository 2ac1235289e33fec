#include "daemon/route_metrics.h"

#include <chrono>

#include "daemon/metric_family.h"

namespace gatewatch::daemon {
namespace {

double seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

void add(prometheus::MetricFamily& family, const DurationHistogram& histogram,
         const MetricLabels& labels) {
  const std::vector<std::uint64_t> counts(histogram.counts.begin(), histogram.counts.end());
  add_histogram(family, DurationHistogram::bounds_seconds, counts, seconds(histogram.sum), labels);
}

}  // namespace

void RouteMetrics::observe(const Result& result) {
  auto& series = series_[{result.route, result.region}];
  if (result.status != 0) ++series.responses[result.status];
  ++series.outcomes[static_cast<std::size_t>(result.outcome)];
  if (result.outcome == Outcome::Vantage) return;  // says nothing about the target
  // A phase that was not reached took no time and is not counted as a fast one.
  for (std::size_t phase = 0; phase < phase_count; ++phase) {
    if (result.timings.phases[phase].count() > 0)
      series.phases[phase].add(result.timings.phases[phase]);
  }
  series.whole.add(result.duration());
  series.up = !result.is_failing();
  if (result.certificate) series.certificate_expiry = result.certificate->not_after;
}

void RouteMetrics::forget(const std::string& route) {
  std::erase_if(series_, [&route](const auto& entry) { return entry.first.first == route; });
}

std::vector<prometheus::MetricFamily> RouteMetrics::families() const {
  auto responses =
      counter_family("gatewatch_probe_responses_total", "Complete responses by status code.");
  auto results = counter_family("gatewatch_probe_results_total",
                                "Results: ok, failing, or unknown for a fault of our own.");
  auto failures = counter_family("gatewatch_probe_failures_total",
                                 "Failing results by reason: the outcome's name.");
  auto phases = histogram_family("gatewatch_probe_phase_duration_seconds",
                                 "How long each phase took, over all redirects of a probe.");
  auto whole = histogram_family("gatewatch_probe_duration_seconds", "How long probes took.");
  auto up = gauge_family("gatewatch_route_up", "Whether the newest result was not a failure.");
  auto expiry = gauge_family("gatewatch_certificate_expiry_timestamp_seconds",
                             "When the verified certificate chain expires.");
  for (const auto& [key, series] : series_) {
    const MetricLabels labels = {{"route", key.first}, {"region", key.second}};
    const auto with = [&labels](std::string name, std::string value) {
      auto more = labels;
      more.emplace_back(std::move(name), std::move(value));
      return more;
    };
    for (const auto& [status, count] : series.responses) {
      add_value(responses, static_cast<double>(count), with("code", std::to_string(status)));
    }
    std::uint64_t failing = 0;
    for (const auto& row : outcome_table()) {
      if (!row.failing) continue;
      failing += series.count(row.outcome);
      add_value(failures, static_cast<double>(series.count(row.outcome)),
                with("reason", std::string(row.name)));
    }
    add_value(results, static_cast<double>(series.count(Outcome::Ok)), with("result", "ok"));
    add_value(results, static_cast<double>(failing), with("result", "failing"));
    add_value(results, static_cast<double>(series.count(Outcome::Vantage)),
              with("result", "unknown"));
    for (int phase = 0; phase < phase_count; ++phase) {
      add(phases, series.phases[static_cast<std::size_t>(phase)],
          with("phase", std::string(phase_name(static_cast<Phase>(phase)))));
    }
    add(whole, series.whole, labels);
    add_value(up, series.up ? 1 : 0, labels);
    if (series.certificate_expiry) {
      add_value(expiry, seconds(series.certificate_expiry->time_since_epoch()), labels);
    }
  }
  return {responses, results, failures, phases, whole, up, expiry};
}

}  // namespace gatewatch::daemon
