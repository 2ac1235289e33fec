// gatewatch's own health as metrics: what an operator alerts on so that the watcher is watched.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "alerting/outbox.h"
#include "daemon/probe_thread.h"
#include "daemon/region_watch.h"
#include "storage/recorder.h"

namespace gatewatch::daemon {

// A picture of the whole process at one moment.
struct OwnState {
  std::vector<ProbeThreadStatistics> probe_threads;
  std::chrono::nanoseconds main_longest_turn{0};  // of the main loop, in the last second
  storage::RecorderStatistics recorder;
  std::map<std::string, alerting::ChannelStatistics> channels;
  std::map<std::string, std::size_t> open_incidents;  // by severity
  RegionState region;
  std::uint64_t lost_results = 0;  // dropped between a probe thread and the main loop
  bool last_reload_successful = true;
  Timestamp last_reload_success;
  Timestamp started;
  std::string version;
};

[[nodiscard]] std::vector<prometheus::MetricFamily> own_families(const OwnState& state);

}  // namespace gatewatch::daemon
