#include "daemon/own_metrics.h"

#include "daemon/metric_family.h"

namespace gatewatch::daemon {
namespace {

using prometheus::MetricFamily;

template <typename Duration>
double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

MetricFamily single(MetricFamily family, double value, const MetricLabels& labels = {}) {
  add_value(family, value, labels);
  return family;
}

void add_scheduler(std::vector<MetricFamily>& families, const OwnState& state) {
  auto lateness = histogram_family("gatewatch_scheduler_lateness_seconds",
                                   "How long after its due time each probe started.");
  auto started = counter_family("gatewatch_probes_started_total", "Probes started.");
  auto skipped = counter_family("gatewatch_scheduler_skipped_turns_total",
                                "Turns that came while the route's last probe was in flight.");
  auto missed = counter_family("gatewatch_scheduler_missed_turns_total",
                               "Turns that a stall of this process swallowed.");
  auto routes = gauge_family("gatewatch_scheduler_routes", "Routes under schedule.");
  auto in_flight = gauge_family("gatewatch_probes_in_flight",
                                "Probes in flight; one of all addresses of a name counts once.");
  auto waiting = gauge_family("gatewatch_probes_waiting",
                              "Due probes held back by the limit on probes in flight.");
  auto overdue = gauge_family("gatewatch_probes_stuck",
                              "Probes in flight for over a second past their timeout.");
  auto lag = gauge_family("gatewatch_loop_lag_seconds",
                          "The longest turn of each event loop in the last second.");
  for (std::size_t index = 0; index < state.probe_threads.size(); ++index) {
    const auto& thread = state.probe_threads[index];
    const auto& scheduler = thread.scheduler;
    const MetricLabels labels = {{"loop", probe_thread_name(index)}};
    add_histogram(lateness, SchedulerStatistics::lateness_bounds_seconds, scheduler.lateness,
                  scheduler.lateness_sum_seconds, labels);
    add_value(started, static_cast<double>(scheduler.started), labels);
    add_value(skipped, static_cast<double>(scheduler.skipped), labels);
    add_value(missed, static_cast<double>(scheduler.missed), labels);
    add_value(routes, static_cast<double>(scheduler.routes), labels);
    add_value(in_flight, static_cast<double>(scheduler.in_flight), labels);
    add_value(waiting, static_cast<double>(scheduler.waiting), labels);
    add_value(overdue, static_cast<double>(scheduler.overdue), labels);
    add_value(lag, seconds(thread.longest_turn), labels);
  }
  add_value(lag, seconds(state.main_longest_turn), {{"loop", "main"}});
  for (auto* family :
       {&lateness, &started, &skipped, &missed, &routes, &in_flight, &waiting, &overdue, &lag}) {
    families.push_back(std::move(*family));
  }
}

void add_clocks(std::vector<MetricFamily>& families, const OwnState& state) {
  auto jumps = counter_family("gatewatch_clock_jumps_total",
                              "How often the machine was suspended, or its clock set.");
  for (const auto* const kind : {"suspend", "forward", "backward"}) {
    const auto found = state.clock_jumps.find(kind);
    const auto count = found == state.clock_jumps.end() ? 0 : found->second;
    add_value(jumps, static_cast<double>(count), {{"kind", kind}});
  }
  families.push_back(std::move(jumps));
}

void add_region(std::vector<MetricFamily>& families, const RegionState& state) {
  const MetricLabels labels = {{"region", state.region}};
  families.push_back(single(
      gauge_family("gatewatch_region_blind", "Whether most unrelated hosts are silent at once."),
      state.is_blind ? 1 : 0, labels));
  families.push_back(single(gauge_family("gatewatch_region_unseen_routes",
                                         "Routes that faults of our own keep from being probed."),
                            static_cast<double>(state.unseen_routes), labels));
  families.push_back(single(gauge_family("gatewatch_region_results_held",
                                         "Results held back while it is in doubt whose fault they "
                                         "tell of."),
                            static_cast<double>(state.held), labels));
  auto own =
      counter_family("gatewatch_vantage_results_total",
                     "Results that say nothing of their target, by what failed on our side.");
  for (const auto& [reason, count] : state.own_faults) {
    add_value(own, static_cast<double>(count), {{"region", state.region}, {"reason", reason}});
  }
  families.push_back(std::move(own));
}

void add_storage(std::vector<MetricFamily>& families, const OwnState& state) {
  const auto& recorder = state.recorder;
  auto queue = gauge_family("gatewatch_recorder_queue_length", "What waits to be written.");
  add_value(queue, static_cast<double>(recorder.queued_results), {{"queue", "results"}});
  add_value(queue, static_cast<double>(recorder.queued_steps), {{"queue", "steps"}});
  auto dropped = counter_family("gatewatch_results_dropped_total",
                                "Results that a full queue dropped before they were stored.");
  add_value(dropped, static_cast<double>(recorder.dropped_results), {{"queue", "recorder"}});
  add_value(dropped, static_cast<double>(state.lost_results), {{"queue", "main"}});
  families.push_back(std::move(queue));
  families.push_back(std::move(dropped));
  families.push_back(single(counter_family("gatewatch_results_written_total", "Results stored."),
                            static_cast<double>(recorder.written_results)));
  families.push_back(
      single(counter_family("gatewatch_storage_errors_total", "Transactions that failed."),
             static_cast<double>(recorder.failed_writes)));
  families.push_back(
      single(counter_family("gatewatch_storage_writes_total", "Transactions committed."),
             static_cast<double>(recorder.batches)));
  families.push_back(single(counter_family("gatewatch_storage_write_duration_seconds_total",
                                           "Time spent in transactions."),
                            seconds(recorder.total_write)));
  families.push_back(single(gauge_family("gatewatch_storage_last_write_duration_seconds",
                                         "How long the newest transaction took."),
                            seconds(recorder.last_write)));
  families.push_back(single(gauge_family("gatewatch_storage_size_bytes", "Size of the records."),
                            static_cast<double>(recorder.sizes.records)));
  auto files = gauge_family("gatewatch_storage_file_bytes",
                            "Size of the database's file, and of its write-ahead log.");
  add_value(files, static_cast<double>(recorder.sizes.file), {{"file", "database"}});
  add_value(files, static_cast<double>(recorder.sizes.log), {{"file", "log"}});
  families.push_back(std::move(files));
  families.push_back(single(counter_family("gatewatch_storage_write_stalls_total",
                                           "Transactions that took over a second."),
                            static_cast<double>(recorder.stalls)));
  families.push_back(single(counter_family("gatewatch_storage_history_lost_total",
                                           "Databases that were damaged and set aside."),
                            static_cast<double>(state.lost_histories)));
  families.push_back(single(gauge_family("gatewatch_recorder_queue_bytes",
                                         "Memory of the results that wait to be written."),
                            static_cast<double>(recorder.queued_bytes)));
  families.push_back(single(gauge_family("gatewatch_recorder_queue_age_seconds",
                                         "How long what waits to be written has waited."),
                            seconds(recorder.oldest)));
  families.push_back(single(counter_family("gatewatch_evidence_dropped_total",
                                           "Results that a full queue stored without evidence."),
                            static_cast<double>(recorder.dropped_evidence)));
}

void add_alerting(std::vector<MetricFamily>& families, const OwnState& state) {
  auto open = gauge_family("gatewatch_incidents_open", "Open incidents.");
  for (const auto& [severity, count] : state.open_incidents) {
    add_value(open, static_cast<double>(count), {{"severity", severity}});
  }
  auto held = gauge_family("gatewatch_incidents_held",
                           "Open incidents whose notifications a silence, a maintenance window or "
                           "a failing parent holds back.");
  add_value(held, static_cast<double>(state.held_incidents));
  auto deliveries = counter_family("gatewatch_deliveries_total",
                                   "Attempts to deliver a notification, by what became of them.");
  auto pending = gauge_family("gatewatch_deliveries_pending", "Notifications not yet delivered.");
  auto failing = gauge_family("gatewatch_channel_failing",
                              "1 where the newest attempt to deliver to the channel failed.");
  auto oldest = gauge_family("gatewatch_delivery_oldest_pending_timestamp_seconds",
                             "When the oldest undelivered notification was made; 0: none.");
  for (const auto& [channel, statistics] : state.channels) {
    const auto with = [&channel](std::string result) {
      return MetricLabels{{"channel", channel}, {"result", std::move(result)}};
    };
    add_value(deliveries, static_cast<double>(statistics.delivered), with("delivered"));
    add_value(deliveries, static_cast<double>(statistics.attempts_failed), with("failed"));
    add_value(deliveries, static_cast<double>(statistics.given_up), with("given_up"));
    add_value(pending, static_cast<double>(statistics.pending), {{"channel", channel}});
    add_value(failing, statistics.last_error.empty() ? 0 : 1, {{"channel", channel}});
    const auto since = statistics.oldest_pending.value_or(Timestamp{}).time_since_epoch();
    add_value(oldest, seconds(since), {{"channel", channel}});
  }
  families.push_back(std::move(open));
  families.push_back(std::move(held));
  families.push_back(std::move(deliveries));
  families.push_back(std::move(pending));
  families.push_back(std::move(failing));
  families.push_back(std::move(oldest));
}

}  // namespace

std::vector<MetricFamily> own_families(const OwnState& state) {
  std::vector<MetricFamily> families;
  families.push_back(
      single(gauge_family("gatewatch_build_info", "Always 1."), 1, {{"version", state.version}}));
  families.push_back(
      single(gauge_family("gatewatch_start_timestamp_seconds", "When this process started."),
             seconds(state.started.time_since_epoch())));
  families.push_back(single(gauge_family("gatewatch_config_last_reload_successful",
                                         "Whether the newest reload was applied."),
                            state.last_reload_successful ? 1 : 0));
  families.push_back(single(gauge_family("gatewatch_config_last_reload_success_timestamp_seconds",
                                         "When the configuration in force was loaded."),
                            seconds(state.last_reload_success.time_since_epoch())));
  add_scheduler(families, state);
  families.push_back(
      single(gauge_family("gatewatch_probe_overdue",
                          "Routes that have had no result for two intervals and a timeout."),
             static_cast<double>(state.routes_overdue)));
  add_region(families, state.region);
  add_clocks(families, state);
  add_storage(families, state);
  add_alerting(families, state);
  return families;
}

}  // namespace gatewatch::daemon
