#include "daemon/own_metrics.h"

#include <string>

#include <doctest/doctest.h>
#include <prometheus/text_serializer.h>

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

bool has(const std::string& text, const std::string& line) {
  return text.find(line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("our own state: queues, deliveries, incidents, reloads") {
  OwnState state;
  state.version = "1.2.3";
  state.recorder.dropped_results = 7;
  state.recorder.sizes = {.records = 4096, .file = 8192, .log = 512};
  state.recorder.dropped_evidence = 9;
  state.open_incidents = {{"critical", 1}, {"warning", 0}};
  state.channels["ops"].delivered = 3;
  state.last_reload_successful = false;
  state.probe_threads.resize(2);
  state.region = {.region = "eu",
                  .is_blind = true,
                  .unseen_routes = 2,
                  .since = {},
                  .detail = "blind",
                  .held = 5,
                  .own_faults = {{"uplink", 9}}};
  state.routes_overdue = 4;
  state.clock_jumps = {{"suspend", 1}};
  const auto text = prometheus::TextSerializer().Serialize(own_families(state));
  CHECK(has(text, "gatewatch_build_info{version=\"1.2.3\"} 1"));
  CHECK(has(text, "gatewatch_results_dropped_total{queue=\"recorder\"} 7"));
  CHECK(has(text, "gatewatch_storage_size_bytes 4096"));
  CHECK(has(text, "gatewatch_storage_file_bytes{file=\"database\"} 8192"));
  CHECK(has(text, "gatewatch_storage_file_bytes{file=\"log\"} 512"));
  CHECK(has(text, "gatewatch_evidence_dropped_total 9"));
  CHECK(has(text, "gatewatch_incidents_open{severity=\"critical\"} 1"));
  CHECK(has(text, "gatewatch_incidents_held 0"));
  CHECK(has(text, "gatewatch_deliveries_total{channel=\"ops\",result=\"delivered\"} 3"));
  CHECK(has(text, "gatewatch_probes_in_flight{loop=\"probes-1\"} 0"));  // as the thread is called
  CHECK(has(text, "gatewatch_config_last_reload_successful 0"));
  CHECK(has(text, "gatewatch_region_blind{region=\"eu\"} 1"));
  CHECK(has(text, "gatewatch_region_unseen_routes{region=\"eu\"} 2"));
  CHECK(has(text, "gatewatch_region_results_held{region=\"eu\"} 5"));
  CHECK(has(text, "gatewatch_vantage_results_total{region=\"eu\",reason=\"uplink\"} 9"));
  CHECK(has(text, "gatewatch_probe_overdue 4"));
  CHECK(has(text, "gatewatch_clock_jumps_total{kind=\"suspend\"} 1"));
  CHECK(has(text, "gatewatch_clock_jumps_total{kind=\"forward\"} 0"));
}
