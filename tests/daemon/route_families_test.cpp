#include "daemon/route_families.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <string>

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

#include "tests/daemon/bad_gateway.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using gatewatch::tests::bad_gateway;
using namespace std::chrono_literals;

namespace {

LiveRegion region() {
  return {.name = "eu", .counters = {}, .last = {}};
}

std::string text_of(const LiveRegion& region) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& family : route_families()) {
    families.push_back(family.empty);
    family.add(families.back(), "shop/checkout", region);
  }
  return prometheus::TextSerializer().Serialize(families);
}

bool has(const std::string& text, const std::string& line) {
  return text.find(line + "\n") != std::string::npos;
}

const std::string labels = "{route=\"shop/checkout\",region=\"eu\"";

}  // namespace

TEST_CASE("a route's series: what came, and of the results each kind") {
  auto live = region();
  live.counters.observe(bad_gateway());
  auto expiring = bad_gateway();
  expiring.certificate = CertificateFacts{{}, Timestamp(1'790'000'000s), {}, {}, {}};
  live.counters.observe(expiring);
  const auto text = text_of(live);
  CHECK(has(text, "gatewatch_probe_responses_total" + labels + ",code=\"502\"} 2"));
  CHECK(has(text, "gatewatch_probe_results_total" + labels + ",result=\"ok\"} 0"));
  CHECK(has(text, "gatewatch_probe_results_total" + labels + ",result=\"failing\"} 2"));
  CHECK(has(text, "gatewatch_probe_results_total" + labels + ",result=\"unknown\"} 0"));
  CHECK(has(text, "gatewatch_probe_failures_total" + labels + ",reason=\"status_mismatch\"} 2"));
  CHECK(text.find("reason=\"timeout\"") == std::string::npos);
  CHECK(has(text, "gatewatch_probe_phase_seconds_total" + labels + ",phase=\"wait\"} 0.06"));
  CHECK(has(text, "gatewatch_probe_phase_seconds_total" + labels + ",phase=\"tls\"} 0"));
  CHECK(has(text, "gatewatch_route_up" + labels + "} 0"));
  CHECK(has(text, "gatewatch_probe_duration_seconds_count" + labels + "} 2"));
  CHECK(has(text, "gatewatch_probe_duration_seconds_sum" + labels + "} 0.064"));
  CHECK(has(text, "gatewatch_probe_duration_seconds_bucket" + labels + ",le=\"0.025\"} 0"));
  CHECK(has(text, "gatewatch_probe_duration_seconds_bucket" + labels + ",le=\"0.05\"} 2"));
  CHECK(has(text, "gatewatch_probe_duration_seconds_bucket" + labels + ",le=\"+Inf\"} 2"));
  CHECK(has(text, "gatewatch_certificate_expiry_timestamp_seconds" + labels + "} 1790000000"));
}

TEST_CASE("a hostile server makes no more series, whatever it answers") {
  auto live = region();
  std::minstd_rand random(1);
  const auto observe_noise = [&] {
    for (int turn = 0; turn < 50'000; ++turn) {
      auto result = bad_gateway();
      result.status = static_cast<int>(random() % 1000);
      result.outcome = static_cast<Outcome>(random() % outcome_count);
      result.reason = std::to_string(random());
      result.http_version = std::to_string(random());
      result.detail = "\n\"}" + std::to_string(random());
      live.counters.observe(result);
    }
    return std::ranges::count(text_of(live), '\n');
  };
  const auto lines = observe_noise();
  CHECK(lines < 80);
  CHECK(observe_noise() == lines);
  CHECK(text_of(live).find(",code=\"other\"} ") != std::string::npos);
}

TEST_CASE("phases by region are histograms, cumulative") {
  std::map<std::string, PhaseHistograms> phases;
  phases["eu"][static_cast<std::size_t>(Phase::Wait)].add(30ms);
  const auto text = prometheus::TextSerializer().Serialize({phase_family(phases)});
  const auto series = [](const char* phase, const char* bound) {
    return std::string("gatewatch_probe_phase_duration_seconds_bucket{region=\"eu\",phase=\"") +
           phase + "\",le=\"" + bound + "\"}";
  };
  CHECK(has(text, series("wait", "0.025") + " 0"));
  CHECK(has(text, series("wait", "0.05") + " 1"));
  CHECK(has(text, series("wait", "+Inf") + " 1"));
  CHECK(has(text, series("tls", "+Inf") + " 0"));
}
