#include "alerting/window.h"

#include <deque>
#include <random>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

const Timestamp start{std::chrono::seconds{1'700'000'000}};

// Keeps every result: what a window must agree with.
class BruteForce {
 public:
  explicit BruteForce(config::Duration length) : length_(length) {}

  void add(Timestamp time, bool match) {
    results_.push_back({time, match});
    clean_run_ = match ? 0 : clean_run_ + 1;
    while (results_.front().time <= time - 2 * length_) results_.pop_front();
  }
  [[nodiscard]] Counts counts(Timestamp now, std::chrono::microseconds late = 0us) const {
    Counts counts;
    for (const auto& [time, match] : results_) {
      if (time <= now - length_ - late) continue;
      ++counts.samples;
      counts.matches += match ? 1 : 0;
    }
    return counts;
  }
  [[nodiscard]] std::uint64_t failing_run(Timestamp now) const {
    std::uint64_t run = 0;
    for (auto result = results_.rbegin(); result != results_.rend(); ++result) {
      if (!result->match || result->time <= now - length_) break;
      ++run;
    }
    return run;
  }
  [[nodiscard]] std::uint64_t clean_run() const { return clean_run_; }

 private:
  struct Seen {
    Timestamp time;
    bool match;
  };
  config::Duration length_;
  std::deque<Seen> results_;
  std::uint64_t clean_run_ = 0;
};

}  // namespace

TEST_CASE("a window agrees with one that keeps everything, up to a 30th of its length") {
  for (unsigned seed = 1; seed <= 25; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const config::Duration length{std::uniform_int_distribution(1'000, 600'000)(random)};
    const auto lateness = std::chrono::microseconds(length) / Window::lateness_divisor;
    // From a few results in a window to several hundred.
    const auto longest_gap = length.count() * 1'000 / std::uniform_int_distribution(2, 400)(random);
    std::uniform_int_distribution<std::int64_t> gap(0, 2 * longest_gap);
    std::bernoulli_distribution fails(std::uniform_real_distribution(0.0, 1.0)(random));
    Window window(length);
    BruteForce model(length);
    auto now = start;
    for (int step = 0; step < 1'000; ++step) {
      now += std::chrono::microseconds{gap(random)};
      if (step % 7 == 0) {
        window.expire(now);
      } else {
        const bool match = fails(random);
        window.add(now, match, now);
        model.add(now, match);
      }
      const auto least = model.counts(now);
      const auto most = model.counts(now, lateness);
      CHECK(window.counts().samples >= least.samples);
      CHECK(window.counts().samples <= most.samples);
      CHECK(window.counts().matches >= least.matches);
      CHECK(window.counts().matches <= most.matches);
      CHECK(window.failing_run().count >= model.failing_run(now));
      CHECK(window.failing_run().count <= window.counts().matches);
      CHECK(window.clean_run() == model.clean_run());
      CHECK(window.stretches() <= Window::stretch_limit);
    }
  }
}

TEST_CASE("a window of at most 48 results is exact") {
  std::mt19937 random(1);
  std::bernoulli_distribution fails(0.3);
  Window window(48s);
  BruteForce model(48s);
  for (int second = 0; second < 1'000; ++second) {
    const auto now = start + std::chrono::seconds{second};
    const bool match = fails(random);
    window.add(now, match, now);
    model.add(now, match);
    CHECK(window.counts() == model.counts(now));
    CHECK(window.failing_run().count == model.failing_run(now));
  }
}

TEST_CASE("results that come evenly are one stretch, and leave one by one and on time") {
  for (const auto jitter : {0us, 900us}) {
    CAPTURE(jitter.count());
    std::mt19937 random(1);
    std::uniform_int_distribution<std::int64_t> off(0, jitter.count());
    Window window(6h);
    BruteForce model(6h);
    for (int turn = 0; turn < 2'000; ++turn) {
      const bool match = turn >= 1'000;
      const auto now = start + turn * 30s + std::chrono::microseconds{off(random)};
      window.add(now, match, now);
      model.add(now, match);
      const auto least = model.counts(now);
      const auto most = model.counts(now, 2'000 * jitter);
      REQUIRE(window.counts().samples >= least.samples);
      REQUIRE(window.counts().samples <= most.samples);
      REQUIRE(window.counts().matches >= least.matches);
      REQUIRE(window.counts().matches <= most.matches);
      REQUIRE(window.stretches() <= (jitter == 0us ? 2 : 4));
    }
    CHECK(window.first_match().has_value());
    CHECK(window.counts_since(start + 1'990 * 30s) == Counts{10, 10});
  }
}

TEST_CASE("a turn left out is seen, and so are the results between two turns") {
  Window window(5min);
  BruteForce model(5min);
  std::mt19937 random(2);
  for (int turn = 0; turn < 500; ++turn) {
    auto now = start + turn * 10s;
    for (const auto after : {0ms, 300ms, 2'300ms, 4'300ms}) {
      const bool scheduled = after == 0ms;
      if (scheduled ? random() % 10 == 0 : turn % 40 != 0) continue;
      window.add(now + after, scheduled, now + after);
      model.add(now + after, scheduled);
      REQUIRE(window.counts() == model.counts(now + after));
      REQUIRE(window.failing_run().count == model.failing_run(now + after));
    }
  }
}

TEST_CASE("memory is bounded however many results there are") {
  Window window(24h);
  for (int index = 0; index < 100'000; ++index) {
    const auto now = start + std::chrono::milliseconds{index * 10};
    window.add(now, index % 2 == 0, now);
  }
  CHECK(window.counts() == Counts{100'000, 50'000});
  CHECK(window.stretches() <= Window::stretch_limit);
}

TEST_CASE("runs begin with their first result and end with the opposite") {
  Window window(5min);
  window.add(start, true, start);
  window.add(start + 1s, false, start + 1s);
  CHECK(window.failing_run().count == 0);
  CHECK(window.clean_run() == 1);
  window.add(start + 2s, true, start + 2s);
  window.add(start + 3s, true, start + 3s);
  CHECK(window.failing_run() == Run{2, start + 2s});
  CHECK(window.clean_run() == 0);
  CHECK(window.first_match() == start);
}

TEST_CASE("a run that began before the window counts for what lies inside") {
  Window window(10s);
  for (int second = 0; second < 100; ++second) {
    window.add(start + std::chrono::seconds{second}, true, start + std::chrono::seconds{second});
  }
  CHECK(window.failing_run() == Run{10, start});
  window.expire(start + 105s);
  CHECK(window.failing_run().count == 4);
}

TEST_CASE("results are counted from a point in time on") {
  Window window(5min);
  for (int second = 0; second < 10; ++second) {
    const auto now = start + std::chrono::seconds{second};
    window.add(now, second >= 7, now);
  }
  CHECK(window.counts_since(start + 7s) == Counts{3, 3});
  CHECK(window.counts_since(start + 5s) == Counts{5, 3});
  CHECK(window.counts_since(start) == Counts{10, 3});
}

TEST_CASE("late results, results from the future and jumps of the clock") {
  Window window(1min);
  SUBCASE("older than the window: nothing") {
    window.add(start - 1min, true, start);
    CHECK(window.counts() == Counts{0, 0});
    CHECK(window.failing_run().count == 0);
  }
  SUBCASE("from the future: as of now") {
    window.add(start + 1h, true, start);
    window.expire(start + 1min);
    CHECK(window.counts() == Counts{0, 0});
  }
  SUBCASE("out of order: counted") {
    window.add(start, false, start);
    window.add(start - 5s, true, start);
    CHECK(window.counts() == Counts{2, 1});
  }
  SUBCASE("the clock steps back by years: the window begins anew") {
    window.add(start, true, start);
    const auto before = start - 24h * 3650;
    window.add(before, false, before);
    CHECK(window.counts() == Counts{1, 0});
  }
  SUBCASE("the clock steps forward by years: what was is over") {
    window.add(start, true, start);
    window.expire(start + 24h * 3650);
    CHECK(window.counts() == Counts{0, 0});
  }
}

TEST_CASE("a window can begin anew with its clean run") {
  Window window(5min);
  auto now = start;
  const auto add = [&](const std::string& results) {
    for (const char result : results) {
      window.add(now, result == 'F', now);
      now += 1s;
    }
  };
  add("..FF.F...");
  CHECK(window.failing_stretch() == Counts{4, 3});
  window.keep_clean_run();
  CHECK(window.counts() == Counts{3, 0});
  CHECK(window.clean_run() == 3);
  CHECK(window.failing_stretch() == Counts{});
  CHECK_FALSE(window.first_match().has_value());
  add("F.");
  CHECK(window.counts() == Counts{5, 1});
  add("F");
  window.keep_clean_run();
  CHECK(window.counts() == Counts{});
  CHECK(window.stretches() == 0);
  add(".");
  CHECK(window.counts() == Counts{1, 0});
}
