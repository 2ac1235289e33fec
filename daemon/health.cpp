#include "daemon/health.h"

#include <chrono>

#include <fmt/format.h>

namespace gatewatch::daemon {
namespace {

using namespace std::chrono_literals;
using web::HealthCheck;

constexpr auto stuck_after = 5s;

HealthCheck probing(const OwnState& state, Instant now) {
  HealthCheck check{"probing", true, {}, true};
  std::size_t overdue = 0;
  std::size_t stuck = 0;
  for (const auto& thread : state.probe_threads) {
    overdue += thread.scheduler.overdue;
    if (now - thread.seen > stuck_after) ++stuck;
  }
  if (stuck > 0) check.detail = fmt::format("{} probe threads do not turn their loop", stuck);
  if (overdue > 0) check.detail = fmt::format("{} probes are past their deadline", overdue);
  if (state.routes_overdue > 0) {
    check.detail = fmt::format("{} routes have had no result for two intervals and more",
                               state.routes_overdue);
  }
  check.ok = stuck == 0 && overdue == 0 && state.routes_overdue == 0;
  return check;
}

HealthCheck storage(const OwnState& state) {
  const auto& recorder = state.recorder;
  HealthCheck check{"storage", recorder.last_error.empty(), recorder.last_error, true};
  if (check.ok && recorder.dropped_results > 0) {
    check.detail = fmt::format("{} results were dropped since the start", recorder.dropped_results);
  }
  return check;
}

// Nor does a restart mend a network.
HealthCheck vantage(const RegionState& region) {
  return {"vantage", region.detail.empty(), region.detail, false};
}

// A receiver that is down does not make us unready: a restart would not mend it.
HealthCheck channel_check(const std::string& name, const alerting::ChannelStatistics& channel) {
  HealthCheck check{"channel " + name, true, {}, false};
  if (!channel.last_error.empty()) {
    check.ok = false;
    check.detail =
        fmt::format("{} undelivered, {} given up since the start; the newest attempt failed: {}",
                    channel.pending, channel.given_up, channel.last_error);
  }
  return check;
}

}  // namespace

std::vector<HealthCheck> health_checks(const OwnState& state, Instant now) {
  std::vector<HealthCheck> checks = {probing(state, now), storage(state)};
  checks.push_back({"configuration", state.last_reload_successful,
                    state.last_reload_successful
                        ? std::string()
                        : "the newest reload was refused; the configuration before it is in force",
                    false});
  checks.push_back(vantage(state.region));
  for (const auto& [name, channel] : state.channels) checks.push_back(channel_check(name, channel));
  return checks;
}

}  // namespace gatewatch::daemon
