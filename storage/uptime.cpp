#include "storage/uptime.h"

#include <algorithm>

namespace gatewatch::storage {

namespace {

using std::chrono::microseconds;

constexpr microseconds assumed_interval = std::chrono::seconds(30);
constexpr microseconds longest = std::chrono::weeks(1);

microseconds interval_of(const UptimeSample& sample) {
  return sample.interval > microseconds(0) ? sample.interval : assumed_interval;
}

// What the turn at work has said so far.
struct Turn {
  Timestamp began{};
  microseconds interval{0};
  std::int64_t telling = 0;  // results but those of a blind region and of maintenance
  std::int64_t ok = 0;

  void add(const UptimeSample& sample) {
    if (sample.outcome == Outcome::Vantage || sample.maintenance) return;
    ++telling;
    if (sample.outcome == Outcome::Ok) ++ok;
  }
};

}  // namespace

std::optional<double> Uptime::ratio() const {
  if (known <= microseconds(0)) return std::nullopt;
  return static_cast<double>(up.count()) / static_cast<double>(known.count());
}

microseconds longest_standing(microseconds interval) {
  const auto one = interval > microseconds(0) ? std::min(interval, longest) : assumed_interval;
  return std::min(2 * one, longest);
}

Uptime uptime_between(std::span<const UptimeSample> samples, Timestamp from, Timestamp before) {
  Uptime uptime;
  Turn turn;
  const auto stand = [&](Timestamp begin, Timestamp end) {
    begin = std::max(begin, from);
    end = std::min({end, before, turn.began + longest_standing(turn.interval)});
    if (turn.telling == 0 || begin >= end) return;
    uptime.known += end - begin;
    uptime.up += (end - begin) * turn.ok / turn.telling;
  };
  for (std::size_t index = 0; index < samples.size(); ++index) {
    const auto& sample = samples[index];
    if (sample.started >= before) break;
    const bool is_same_turn = index > 0 && sample.started - turn.began < turn.interval / 2;
    if (!is_same_turn) turn = {.began = sample.started, .interval = interval_of(sample)};
    turn.add(sample);
    stand(sample.started, index + 1 < samples.size() ? samples[index + 1].started : before);
  }
  return uptime;
}

}  // namespace gatewatch::storage
