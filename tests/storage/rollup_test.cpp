#include "storage/rollup.h"

#include <doctest/doctest.h>

#include "tests/storage/rollup_samples.h"

using namespace gatewatch;
using namespace std::chrono_literals;
using storage::Rollup;
using storage::RollupSample;
using tests::rollup_noon;

namespace {

RollupSample at(std::chrono::microseconds after_noon, Outcome outcome, int status,
                std::chrono::microseconds duration, ProbeKind kind = ProbeKind::Scheduled) {
  return {.sample = {rollup_noon + after_noon, 30s, outcome},
          .kind = kind,
          .status = status,
          .duration = duration};
}

}  // namespace

TEST_CASE("an hour by hand") {
  const std::vector<RollupSample> samples{
      at(-30s, Outcome::Ok, 200, 1ms),
      at(0s, Outcome::Ok, 200, 40us),
      at(30s, Outcome::StatusMismatch, 502, 7us),
      at(31s, Outcome::StatusMismatch, 502, 9us, ProbeKind::Confirmation),
      at(60s, Outcome::Slow, 200, 50us),
      at(90s, Outcome::Vantage, 0, 3us),
      at(3'599s, Outcome::Ok, 200, 60us),
      at(3'600s, Outcome::Ok, 200, 70us),
  };
  const auto rollup = storage::roll_up_hour(samples, rollup_noon, rollup_noon + 5h);
  const auto& hour = rollup.hour;
  CHECK(hour.results() == 6);
  CHECK(hour.scheduled() == 4);
  CHECK(hour.good() == 2);
  CHECK(hour.answers.size() == 5);
  CHECK(hour.uptime == storage::Uptime{91s, 31s});
  CHECK(hour.latency.count() == 3);
  CHECK(hour.latency.quantile(50) == 50us);
  CHECK(hour.shortest == 40us);
  CHECK(hour.longest == 60us);
  CHECK(rollup.minutes[0].results() == 3);
  CHECK(rollup.minutes[1].results() == 2);
  CHECK(rollup.minutes[2].empty());
  CHECK(rollup.minutes[59].good() == 1);
}

TEST_CASE("results of maintenance are counted, and are no part of uptime and latencies") {
  std::vector<RollupSample> samples{
      at(0s, Outcome::Ok, 200, 40us),
      at(30s, Outcome::StatusMismatch, 502, 7us),
      at(60s, Outcome::Ok, 200, 50us),
      at(90s, Outcome::Ok, 200, 60us),
  };
  samples[1].sample.maintenance = samples[2].sample.maintenance = true;
  const auto hour = storage::roll_up_hour(samples, rollup_noon, rollup_noon + 2min).hour;
  CHECK(hour.results() == 4);
  CHECK(hour.scheduled() == 2);
  CHECK(hour.good() == 2);
  CHECK(hour.uptime == storage::Uptime{60s, 60s});
  CHECK(hour.latency.count() == 2);
  CHECK(hour.shortest == 40us);
  CHECK(hour.longest == 60us);
}

TEST_CASE("an hour that goes on ends where it is looked at") {
  const std::vector<RollupSample> samples{at(0s, Outcome::Ok, 200, 1ms),
                                          at(30s, Outcome::Ok, 200, 1ms)};
  const auto rollup = storage::roll_up_hour(samples, rollup_noon, rollup_noon + 30s);
  CHECK(rollup.hour.results() == 1);
  CHECK(rollup.hour.uptime == storage::Uptime{30s, 30s});
}

TEST_CASE("rollups add up") {
  for (unsigned seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    const auto first =
        storage::roll_up_hour(tests::some_rollup_samples(seed), rollup_noon, rollup_noon + 1h);
    const auto second =
        storage::roll_up_hour(tests::some_rollup_samples(seed + 1), rollup_noon, rollup_noon + 1h);
    auto sum = first.hour;
    sum.merge(second.hour);
    auto other = second.hour;
    other.merge(first.hour);
    CHECK(sum == other);
    CHECK(sum.results() == first.hour.results() + second.hour.results());
    CHECK(sum.good() == first.hour.good() + second.hour.good());
    CHECK(sum.latency.count() == first.hour.latency.count() + second.hour.latency.count());
    CHECK(sum.longest == std::max(first.hour.longest, second.hour.longest));
  }
}
