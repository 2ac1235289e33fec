#include "storage/uptime.h"

#include <algorithm>
#include <random>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace std::chrono_literals;
using storage::Uptime;
using storage::uptime_between;
using storage::UptimeSample;

namespace {

const Timestamp noon{std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + 12h};

// Of a route probed every 30 s.
UptimeSample at(std::chrono::microseconds after_noon, Outcome outcome = Outcome::Ok) {
  return {noon + after_noon, 30s, outcome};
}

Uptime of_two_minutes(const std::vector<UptimeSample>& samples) {
  return uptime_between(samples, noon, noon + 2min);
}

}  // namespace

TEST_CASE("a result stands until the next one, by hand") {
  CHECK(of_two_minutes({}) == Uptime{0s, 0s});
  CHECK_FALSE(of_two_minutes({}).ratio().has_value());
  CHECK(of_two_minutes({at(0s), at(30s), at(60s), at(90s)}) == Uptime{120s, 120s});
  CHECK(of_two_minutes({at(0s), at(30s, Outcome::StatusMismatch), at(60s), at(90s)}) ==
        Uptime{120s, 90s});
  // What takes longer, counts for longer.
  CHECK(of_two_minutes({at(0s), at(30s, Outcome::Timeout), at(75s), at(90s)}) == Uptime{120s, 75s});
  CHECK(of_two_minutes({at(0s), at(30s, Outcome::Timeout), at(60s), at(90s)}).ratio() == 0.75);
}

TEST_CASE("slow is down, an expiring certificate is none of the outcomes") {
  CHECK(of_two_minutes({at(0s, Outcome::Slow), at(60s)}) == Uptime{120s, 60s});
}

TEST_CASE("before the first result nothing is known, and what stands at the beginning counts") {
  CHECK(of_two_minutes({at(100s)}) == Uptime{20s, 20s});
  CHECK(of_two_minutes({at(-20s, Outcome::Timeout), at(10s)}) == Uptime{70s, 60s});
  CHECK(of_two_minutes({at(-60s), at(100s)}) == Uptime{20s, 20s});
  CHECK(of_two_minutes({at(-59s), at(100s)}) == Uptime{21s, 21s});
}

TEST_CASE("silence is unknown after two intervals") {
  CHECK(of_two_minutes({at(0s), at(100s)}) == Uptime{80s, 80s});
  CHECK(of_two_minutes({at(0s, Outcome::Timeout)}) == Uptime{60s, 0s});
  // One turn that was skipped is none.
  CHECK(of_two_minutes({at(0s), at(60s)}) == Uptime{120s, 120s});
  const std::vector slow{UptimeSample{noon - 5h, 4h, Outcome::Ok}};
  CHECK(uptime_between(slow, noon, noon + 24h) == Uptime{3h, 3h});
  const std::vector yearly{UptimeSample{noon, 24h * 365, Outcome::Ok}};
  CHECK(uptime_between(yearly, noon, noon + 24h * 365) == Uptime{24h * 7, 24h * 7});
  const std::vector unknown{UptimeSample{noon, 0s, Outcome::Ok}};
  CHECK(uptime_between(unknown, noon, noon + 1h) == Uptime{60s, 60s});
}

TEST_CASE("a blind region knows nothing, and what it knew before ends") {
  CHECK(of_two_minutes({at(0s), at(30s, Outcome::Vantage), at(60s), at(90s)}) == Uptime{90s, 90s});
  CHECK(of_two_minutes({at(0s, Outcome::Vantage)}) == Uptime{0s, 0s});
}

TEST_CASE("maintenance is left out of uptime, and what stood before it ends") {
  const auto within = [](UptimeSample sample) {
    sample.maintenance = true;
    return sample;
  };
  CHECK(of_two_minutes({at(0s), within(at(30s, Outcome::Timeout)), within(at(60s)), at(90s)}) ==
        Uptime{60s, 60s});
  CHECK(of_two_minutes({at(0s, Outcome::Timeout), within(at(30s)), at(60s)}) == Uptime{90s, 60s});
  CHECK(of_two_minutes({within(at(0s)), at(1s, Outcome::Timeout), at(60s)}) == Uptime{119s, 60s});
}

TEST_CASE("the results of one turn share its time") {
  // From 0 to 1 s the first alone has spoken, then both, then two of three.
  CHECK(of_two_minutes({at(0s), at(1s, Outcome::Timeout), at(3s), at(60s)}) ==
        Uptime{120s, 1s + 1s + 38s + 60s});
  CHECK(of_two_minutes({at(0s, Outcome::Vantage), at(0s, Outcome::Timeout), at(60s)}) ==
        Uptime{120s, 60s});
  CHECK(of_two_minutes({at(0s), at(0s, Outcome::Timeout)}) == Uptime{60s, 30s});
  // Half an interval later it is another turn.
  CHECK(of_two_minutes({at(0s), at(15s, Outcome::Timeout), at(30s)}) == Uptime{90s, 75s});
}

TEST_CASE("wherever a time is cut, its parts add up") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto any = [&random](unsigned below) { return static_cast<int>(random() % below); };
    std::vector<UptimeSample> samples;
    for (int number = any(40); number > 0; --number) {
      constexpr std::array outcomes{Outcome::Ok, Outcome::Ok, Outcome::Timeout, Outcome::Vantage};
      samples.push_back({noon + std::chrono::milliseconds(any(600'000)),
                         std::chrono::seconds(any(40)), outcomes[random() % outcomes.size()]});
    }
    std::ranges::stable_sort(samples, {}, &UptimeSample::started);
    const auto cut = noon + std::chrono::milliseconds(any(600'000));
    const auto whole = uptime_between(samples, noon, noon + 10min);
    auto parts = uptime_between(samples, noon, cut);
    parts.merge(uptime_between(samples, cut, noon + 10min));
    CHECK(parts.known == whole.known);
    CHECK(std::chrono::abs(parts.up - whole.up) <= 2us);
    CHECK(whole.up <= whole.known);
    CHECK(whole.known <= 10min);
  }
}
