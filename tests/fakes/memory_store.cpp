#include "tests/fakes/memory_store.h"

#include <algorithm>
#include <ranges>

namespace gatewatch::tests {

using storage::Batch;
using storage::DeliveryRecord;
using storage::DeliveryState;
using storage::IncidentHistory;
using storage::IncidentState;
using storage::IncidentStep;

namespace {

// The newest of those in the query's time, from a map by what they are sorted by.
template <typename Key, typename Record, typename IsWithin>
std::vector<Record> newest(const std::map<Key, Record>& records, const storage::TimeQuery& query,
                           IsWithin is_within) {
  std::vector<Record> found;
  for (const auto& [key, record] : std::views::reverse(records)) {
    if (found.size() == query.limit) break;
    if (is_within(record, query.from.value_or(Timestamp::min()),
                  query.before.value_or(Timestamp::max()))) {
      found.push_back(record);
    }
  }
  return found;
}

bool is_older(const Result* left, const Result* right) {
  return left->started < right->started;
}

std::vector<Result> select(const std::vector<Result>& all, const storage::ResultQuery& query) {
  std::vector<const Result*> found;
  for (const auto& result : all) {
    if (!query.route.empty() && result.route != query.route) continue;
    if (query.from && result.started < *query.from) continue;
    if (query.before && result.started >= *query.before) continue;
    found.push_back(&result);
  }
  std::ranges::stable_sort(found, is_older);
  if (query.newest_first) std::ranges::reverse(found);
  if (found.size() > query.limit) found.resize(query.limit);
  std::vector<Result> results;
  for (const auto* result : found) results.push_back(*result);
  return results;
}

}  // namespace

void MemoryStore::fail(std::uint64_t calls, std::string message) {
  failures_due_ = calls;
  failure_ = std::move(message);
}

std::expected<void, Error> MemoryStore::refuse() {
  const auto now = failures_due_ == 0 ? storage::Trouble::None : storage::Trouble::Full;
  // Tests look at it beside the recorder's housekeeping: what changes nothing writes nothing.
  if (trouble_ != now) trouble_ = now;
  if (failures_due_ == 0) return {};
  --failures_due_;
  return std::unexpected(Error{failure_});
}

std::expected<void, Error> MemoryStore::write(const Batch& batch) {
  if (auto refusal = refuse(); !refusal) return refusal;
  rollups_are_due_ = rollups_are_due_ || !batch.results.empty();
  for (const auto& result : batch.results) {
    results_.push_back(result);
    if (!storage::keeps_trace_id(result)) results_.back().trace_id.clear();
    results_.back().evidence.reset();
    if (result.evidence) write_evidence(result);
  }
  for (const auto& step : batch.steps) write_step(step);
  for (const auto& delivery : batch.deliveries) write_delivery(delivery);
  for (const auto& silence : batch.silences) silences_[silence.id] = silence;
  for (const auto& change : batch.changes) changes_[change.id] = change;
  for (const auto& gap : batch.gaps) gaps_[std::pair(gap.since, gap.kind)] = gap;
  ++writes_;
  return {};
}

void MemoryStore::write_evidence(const Result& result) {
  auto& [storm, last] =
      storms_[{result.route, result.region, result.outcome, result.reason, result.status}];
  const auto place = storm.add(result.started);
  if (place.replaces) evidence_.erase(last);
  last = ++evidence_count_;
  evidence_.emplace(last, result);
}

void MemoryStore::write_step(const IncidentStep& step) {
  const auto key = std::pair(step.incident.id, step.event.sequence);
  if (!events_.emplace(key, step.event).second) return;
  incidents_[step.incident.id] = step.incident;
  for (const auto& delivery : step.deliveries) write_delivery(delivery);
}

void MemoryStore::write_delivery(const DeliveryRecord& delivery) {
  const auto known = std::ranges::find(deliveries_, delivery.key, &DeliveryRecord::key);
  if (known == deliveries_.end()) {
    deliveries_.push_back(delivery);
    return;
  }
  known->state = delivery.state;
  known->attempts = delivery.attempts;
  known->next_attempt = delivery.next_attempt;
  known->finished = delivery.finished;
  known->last_error = delivery.last_error;
}

std::expected<std::vector<Result>, Error> MemoryStore::results(const storage::ResultQuery& query) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  return select(results_, query);
}

std::expected<std::vector<Result>, Error> MemoryStore::evidence(const storage::ResultQuery& query) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  std::vector<Result> all;
  for (const auto& [number, result] : evidence_) all.push_back(result);
  return select(all, query);
}

std::expected<std::vector<storage::ResultOutline>, Error> MemoryStore::outlines(
    const std::string& route, Timestamp from, Timestamp before) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  std::vector<const Result*> found;
  for (const auto& result : results_) {
    if (result.route == route && result.started >= from && result.started < before) {
      found.push_back(&result);
    }
  }
  std::ranges::stable_sort(found, is_older);
  std::vector<storage::ResultOutline> outlines;
  for (const auto* result : found) outlines.push_back(storage::outline_of(*result));
  return outlines;
}

std::expected<std::vector<IncidentHistory>, Error> MemoryStore::incidents(
    const storage::IncidentQuery& query) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  std::vector<IncidentHistory> histories;
  for (auto entry = incidents_.rbegin(); entry != incidents_.rend(); ++entry) {
    const auto& [id, incident] = *entry;
    if (histories.size() == query.limit) break;
    if (query.id && id != *query.id) continue;
    if (query.open_only && incident.state != IncidentState::Open) continue;
    auto& history = histories.emplace_back();
    history.incident = incident;
    for (const auto& [key, event] : events_)
      if (key.first == id) history.events.push_back(event);
    for (const auto& delivery : deliveries_)
      if (delivery.incident == id) history.deliveries.push_back(delivery);
  }
  return histories;
}

std::expected<std::vector<DeliveryRecord>, Error> MemoryStore::pending_deliveries() {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  std::vector<DeliveryRecord> pending;
  std::ranges::copy_if(deliveries_, std::back_inserter(pending), [](const auto& delivery) {
    return delivery.state == DeliveryState::Pending;
  });
  return pending;
}

std::expected<std::int64_t, Error> MemoryStore::last_incident_id() {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  return incidents_.empty() ? 0 : incidents_.rbegin()->first;
}

std::expected<std::vector<storage::SilenceRecord>, Error> MemoryStore::silences(
    const storage::TimeQuery& query) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  return newest(silences_, query, [](const auto& silence, Timestamp from, Timestamp before) {
    return silence.ends > from && silence.starts < before;
  });
}

std::expected<std::vector<storage::ChangeRecord>, Error> MemoryStore::changes(
    const storage::TimeQuery& query) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  return newest(changes_, query, [](const auto& change, Timestamp from, Timestamp before) {
    return change.at >= from && change.at < before;
  });
}

std::expected<std::vector<storage::GapRecord>, Error> MemoryStore::gaps(
    const storage::TimeQuery& query) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  return newest(gaps_, query, [](const auto& gap, Timestamp from, Timestamp before) {
    return gap.until >= from && gap.since < before;
  });
}

std::expected<std::uint64_t, Error> MemoryStore::forget_results(Timestamp before,
                                                                std::uint32_t limit) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  std::ranges::stable_sort(results_, {}, &Result::started);
  const auto end = std::ranges::lower_bound(results_, before, {}, &Result::started);
  // What is not rolled up stays.
  const auto count = rollups_are_due_ ? 0 : std::min<std::ptrdiff_t>(end - results_.begin(), limit);
  results_.erase(results_.begin(), results_.begin() + count);
  return static_cast<std::uint64_t>(count);
}

std::expected<std::uint64_t, Error> MemoryStore::forget_evidence(Timestamp before,
                                                                 std::uint64_t most_bytes,
                                                                 std::uint32_t limit) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  std::uint64_t forgotten = 0;
  while (forgotten < limit && !evidence_.empty()) {
    const auto oldest = std::ranges::min_element(
        evidence_, {}, [](const auto& entry) { return entry.second.started; });
    const bool is_old = oldest->second.started < before;
    if (!is_old && evidence_.size() * sizeof(Result) <= most_bytes) break;
    evidence_.erase(oldest);
    ++forgotten;
  }
  return forgotten;
}

// Nothing waits: there is one form.
std::expected<std::uint64_t, Error> MemoryStore::compact_results(std::uint64_t) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  return 0;
}

// All at once, and again from the results that are left; an hour that then has fewer stays.
std::expected<std::uint64_t, Error> MemoryStore::roll_up(Timestamp until) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  if (!rollups_are_due_ && until <= rolled_up_until_) return 0;
  const bool is_new = rollups_are_due_;
  rollups_are_due_ = false;
  rolled_up_until_ = until;
  std::map<Series, std::vector<storage::RollupSample>> samples;
  for (const auto& result : results_) {
    if (result.started >= until) continue;
    samples[{result.route, result.region}].push_back(storage::rollup_sample_of(result));
  }
  for (auto& [series, list] : samples) {
    std::ranges::stable_sort(
        list, {}, [](const storage::RollupSample& sample) { return sample.sample.started; });
    roll_up_series(series, list, until);
  }
  return is_new ? 1 : 0;
}

void MemoryStore::roll_up_series(const Series& series,
                                 std::span<const storage::RollupSample> samples, Timestamp until) {
  for (const auto& sample : samples) {
    const auto started = sample.sample.started;
    const auto end = started + storage::longest_standing(sample.sample.interval);
    Timestamp hour = std::chrono::floor<std::chrono::hours>(started);
    for (; hour <= end && hour < until; hour += std::chrono::hours(1)) {
      auto rollup = storage::roll_up_hour(samples, hour, until);
      auto& known = hours_[series][hour];
      if (rollup.hour.results() >= known.hour.results()) known = std::move(rollup);
    }
  }
}

storage::Rollup MemoryStore::rollup(const Series& series, storage::RollupStep step,
                                    Timestamp begin) const {
  storage::Rollup sum;
  for (const auto& [hour, rollup] : hours_.at(series)) {
    if (step == storage::RollupStep::Minute) {
      const auto minute = begin - hour;
      if (minute < std::chrono::minutes(0) || minute >= std::chrono::hours(1)) continue;
      return rollup.minutes[static_cast<std::size_t>(minute / std::chrono::minutes(1))];
    }
    if (hour >= begin && hour < begin + length_of(step)) sum.merge(rollup.hour);
  }
  return sum;
}

std::expected<std::vector<storage::StoredRollup>, Error> MemoryStore::rollups(
    const storage::RollupQuery& query) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  const std::chrono::microseconds length = length_of(query.step);
  std::vector<storage::StoredRollup> found;
  for (const auto& [series, hours] : hours_) {
    if (series.first != query.route) continue;
    const Timestamp last = hours.rbegin()->first + std::chrono::hours(1);
    // The first step that begins at `from` or later, and not long before there is anything.
    const auto from = std::max(
        query.from, Timestamp(std::chrono::floor<std::chrono::days>(hours.begin()->first)));
    Timestamp begin{(from.time_since_epoch() + length - std::chrono::microseconds(1)) / length *
                    length};
    for (; begin < std::min(query.before, last); begin += length) {
      auto step = rollup(series, query.step, begin);
      if (!step.empty()) found.push_back({series.second, begin, std::move(step)});
    }
  }
  std::ranges::stable_sort(found, {}, &storage::StoredRollup::begin);
  return found;
}

std::expected<std::vector<storage::RouteHistory>, Error> MemoryStore::histories(
    const storage::HistoryQuery& query) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  std::vector<storage::RouteHistory> found;
  std::uint32_t routes = 0;
  for (const auto& [series, hours] : hours_) {
    const auto& [route, region] = series;
    if (query.route.empty() ? route <= query.after : route != query.route) continue;
    storage::RouteHistory history{.route = route, .region = region};
    for (std::uint32_t day = 0; day < query.days; ++day) {
      const auto begin = Timestamp(query.first_day + std::chrono::days(day));
      const auto of_day = rollup(series, storage::RollupStep::Day, begin);
      history.days.push_back(of_day.uptime);
      history.total.merge(of_day);
    }
    if (history.total.empty()) continue;
    if (found.empty() || found.back().route != route) ++routes;
    if (routes > query.routes) break;
    found.push_back(std::move(history));
  }
  return found;
}

std::expected<std::uint64_t, Error> MemoryStore::forget_rollups(Timestamp before,
                                                                std::uint32_t limit) {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  const Timestamp end = std::chrono::floor<std::chrono::hours>(before);
  std::uint64_t forgotten = 0;
  for (; forgotten < limit && !hours_.empty(); ++forgotten) {
    const auto oldest = std::ranges::min_element(
        hours_, {}, [](const auto& series) { return series.second.begin()->first; });
    auto& hours = oldest->second;
    if (hours.begin()->first >= end) break;
    hours.erase(hours.begin());
    if (hours.empty()) hours_.erase(oldest);
  }
  return forgotten;
}

std::expected<storage::StoreSizes, Error> MemoryStore::sizes() {
  if (auto refusal = refuse(); !refusal) return std::unexpected(refusal.error());
  const auto bytes = sizeof(MemoryStore) + (results_.size() + evidence_.size()) * sizeof(Result) +
                     events_.size() * sizeof(IncidentStep) +
                     deliveries_.size() * sizeof(DeliveryRecord);
  return storage::StoreSizes{.records = bytes, .file = bytes, .log = 0};
}

}  // namespace gatewatch::tests
