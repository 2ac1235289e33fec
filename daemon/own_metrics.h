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
  std::size_t held_incidents = 0;                     // of these: nobody is told for now
  RegionState region;
  std::size_t routes_overdue = 0;                    // without a result for too long
  std::map<std::string, std::uint64_t> clock_jumps;  // by kind
  std::uint64_t lost_results = 0;    // dropped between a probe thread and the main loop
  std::uint64_t lost_histories = 0;  // databases that were damaged and set aside
  bool last_reload_successful = true;
  Timestamp last_reload_success;
  Timestamp started;
  std::string version;
};

[[nodiscard]] std::vector<prometheus::MetricFamily> own_families(const OwnState& state);

}  // namespace gatewatch::daemon
