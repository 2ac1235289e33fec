#include "storage/day_span.h"

#include <map>

#include <doctest/doctest.h>

#include "tests/storage/rollup_samples.h"

using namespace gatewatch;
using namespace std::chrono_literals;
using storage::DaySpanReader;
using storage::Rollup;
using tests::rollup_noon;

namespace {

Rollup some_rollup(unsigned seed) {
  return storage::roll_up_hour(tests::some_rollup_samples(seed), rollup_noon, rollup_noon + 1h)
      .hour;
}

std::map<std::int64_t, Rollup> days_of(const std::string& span) {
  std::map<std::int64_t, Rollup> days;
  DaySpanReader reader(span);
  while (const auto* const entry = reader.next()) REQUIRE(entry->add_to(days[entry->day]));
  REQUIRE_FALSE(reader.is_damaged());
  return days;
}

}  // namespace

TEST_CASE("days are put, changed and removed in any order") {
  for (unsigned seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::map<std::int64_t, Rollup> days;
    std::string span;
    for (int step = 0; step < 40; ++step) {
      const auto day = static_cast<std::int64_t>(random() % 16);
      const auto rollup =
          random() % 5 == 0 ? Rollup() : some_rollup(static_cast<unsigned>(random() % 50));
      days[day] = rollup;
      if (rollup.empty()) days.erase(day);
      const auto changed = storage::with_day(span, day, rollup);
      REQUIRE(changed.has_value());
      span = *changed;
    }
    CHECK(days_of(span) == days);
  }
}

TEST_CASE("a damaged span is told from a whole one, and left alone") {
  std::string span;
  for (int day = 0; day < 5; ++day) span = *storage::with_day(span, day, some_rollup(7));
  for (const auto& bad : {std::string("\xff"), std::string("\x10\x00", 2), std::string("\x01\x7f"),
                          span.substr(0, span.size() - 1), span + "\x01"}) {
    DaySpanReader reader(bad);
    while (reader.next() != nullptr) continue;
    CHECK(reader.is_damaged());
    CHECK_FALSE(storage::with_day(bad, 3, some_rollup(1)).has_value());
  }
  for (unsigned seed = 0; seed < 3'000; ++seed) {
    std::mt19937 random(seed);
    auto bad = span;
    bad[random() % bad.size()] = static_cast<char>(random());
    DaySpanReader reader(bad);
    Rollup rollup;
    while (const auto* const entry = reader.next()) (void)entry->add_to(rollup);
  }
}
