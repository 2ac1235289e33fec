#include <chrono>
#include <string>

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

#include "daemon/own_metrics.h"
#include "daemon/route_metrics.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

std::string text_of(const std::vector<prometheus::MetricFamily>& families) {
  return prometheus::TextSerializer().Serialize(families);
}

Result bad_gateway() {
  Result result;
  result.route = "shop/checkout";
  result.region = "eu";
  result.outcome = Outcome::StatusMismatch;
  result.status = 502;
  result.timings[Phase::Connect] = 2ms;
  result.timings[Phase::Wait] = 30ms;
  return result;
}

bool has(const std::string& text, const std::string& line) {
  return text.find(line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("responses are counted by route, region and code, failures by reason") {
  RouteMetrics metrics;
  metrics.observe(bad_gateway());
  metrics.observe(bad_gateway());
  const auto text = text_of(metrics.families());
  const std::string labels = "{route=\"shop/checkout\",region=\"eu\"";
  CHECK(has(text, "gatewatch_probe_responses_total" + labels + ",code=\"502\"} 2"));
  CHECK(has(text, "gatewatch_probe_failures_total" + labels + ",reason=\"status_mismatch\"} 2"));
  CHECK(has(text, "gatewatch_probe_failures_total" + labels + ",reason=\"timeout\"} 0"));
  CHECK(has(text, "gatewatch_route_up" + labels + "} 0"));
  CHECK(has(text, "gatewatch_probe_duration_seconds_count" + labels + "} 2"));
  CHECK(has(text, "gatewatch_probe_duration_seconds_sum" + labels + "} 0.064"));
}

TEST_CASE("histograms are cumulative, and phases that were not reached count nothing") {
  RouteMetrics metrics;
  metrics.observe(bad_gateway());
  const auto text = text_of(metrics.families());
  const auto series = [](const char* phase, const char* bound) {
    return std::string("gatewatch_probe_phase_duration_seconds_bucket{route=\"shop/checkout\",") +
           "region=\"eu\",phase=\"" + phase + "\",le=\"" + bound + "\"}";
  };
  CHECK(has(text, series("wait", "0.025") + " 0"));
  CHECK(has(text, series("wait", "0.05") + " 1"));
  CHECK(has(text, series("wait", "+Inf") + " 1"));
  CHECK(has(text, series("tls", "+Inf") + " 0"));
}

TEST_CASE("our own fault is counted as a result and says nothing of the route") {
  RouteMetrics metrics;
  auto result = bad_gateway();
  result.outcome = Outcome::Ok;
  result.status = 200;
  metrics.observe(result);
  result.outcome = Outcome::Vantage;
  result.status = 0;
  metrics.observe(result);
  const auto text = text_of(metrics.families());
  CHECK(has(text, "gatewatch_route_up{route=\"shop/checkout\",region=\"eu\"} 1"));
  CHECK(text.find("reason=\"vantage\"") == std::string::npos);
  CHECK(has(text,
            "gatewatch_probe_results_total{route=\"shop/checkout\",region=\"eu\","
            "result=\"unknown\"} 1"));
}

TEST_CASE("a route that is gone has no series") {
  RouteMetrics metrics;
  metrics.observe(bad_gateway());
  metrics.forget("shop/checkout");
  CHECK(text_of(metrics.families()).find("shop/checkout") == std::string::npos);
}

TEST_CASE("our own state: queues, deliveries, incidents, reloads") {
  OwnState state;
  state.version = "1.2.3";
  state.recorder.dropped_results = 7;
  state.recorder.size_bytes = 4096;
  state.open_incidents = {{"critical", 1}, {"warning", 0}};
  state.channels["ops"].delivered = 3;
  state.last_reload_successful = false;
  const auto text = text_of(own_families(state));
  CHECK(has(text, "gatewatch_build_info{version=\"1.2.3\"} 1"));
  CHECK(has(text, "gatewatch_results_dropped_total{queue=\"recorder\"} 7"));
  CHECK(has(text, "gatewatch_storage_size_bytes 4096"));
  CHECK(has(text, "gatewatch_incidents_open{severity=\"critical\"} 1"));
  CHECK(has(text, "gatewatch_deliveries_total{channel=\"ops\",result=\"delivered\"} 3"));
  CHECK(has(text, "gatewatch_config_last_reload_successful 0"));
}
