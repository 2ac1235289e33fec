#include "storage/rollup.h"

#include <algorithm>

namespace gatewatch::storage {

namespace {

template <typename Wanted>
std::uint64_t sum(const std::vector<AnswerCount>& answers, Wanted wanted) {
  std::uint64_t count = 0;
  for (const auto& entry : answers) {
    if (wanted(entry.answer)) count += entry.count;
  }
  return count;
}

}  // namespace

std::uint64_t Rollup::results() const {
  return sum(answers, [](const Answer&) { return true; });
}

std::uint64_t Rollup::scheduled() const {
  return sum(answers, [](const Answer& answer) {
    return answer.scheduled && answer.outcome != Outcome::Vantage;
  });
}

std::uint64_t Rollup::good() const {
  return sum(answers, [](const Answer& answer) {
    return answer.scheduled && answer.outcome == Outcome::Ok;
  });
}

void Rollup::add(const Answer& answer, std::uint64_t count) {
  if (count == 0) return;
  const auto place = std::ranges::lower_bound(answers, answer, {}, &AnswerCount::answer);
  if (place != answers.end() && place->answer == answer) {
    place->count += count;
  } else {
    answers.insert(place, {answer, count});
  }
}

void Rollup::add_latency_range(std::optional<std::chrono::microseconds> least,
                               std::optional<std::chrono::microseconds> greatest) {
  if (least) shortest = std::min(*least, shortest.value_or(*least));
  if (greatest) longest = std::max(*greatest, longest.value_or(*greatest));
}

void Rollup::merge(const Rollup& other) {
  for (const auto& [answer, count] : other.answers) add(answer, count);
  uptime.merge(other.uptime);
  latency.merge(other.latency);
  add_latency_range(other.shortest, other.longest);
}

RollupSample rollup_sample_of(const Result& result) {
  return {.sample = {result.started, result.interval, result.outcome, result.maintenance},
          .kind = result.kind,
          .status = result.status,
          .duration = result.duration()};
}

HourRollup roll_up_hour(std::span<const RollupSample> samples, Timestamp begin, Timestamp until) {
  const auto end = std::min<Timestamp>(begin + std::chrono::hours(1), until);
  HourRollup rollup;
  std::vector<UptimeSample> scheduled;
  for (const auto& sample : samples) {
    const auto started = sample.sample.started;
    if (sample.kind == ProbeKind::Scheduled) scheduled.push_back(sample.sample);
    if (started < begin || started >= end) continue;
    auto& minute =
        rollup.minutes[static_cast<std::size_t>((started - begin) / std::chrono::minutes(1))];
    minute.add(sample.answer(), 1);
    if (!sample.answer().is_timed()) continue;
    minute.latency.add(latency_bucket(sample.duration));
    rollup.hour.add_latency_range(sample.duration, sample.duration);
  }
  for (const auto& minute : rollup.minutes) rollup.hour.merge(minute);
  rollup.hour.uptime = uptime_between(scheduled, begin, end);
  return rollup;
}

}  // namespace gatewatch::storage
