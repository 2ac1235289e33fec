#include "tests/contracts/rollup_contract.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/contracts/records_samples.h"

namespace gatewatch::tests {

using namespace std::chrono_literals;
using storage::RollupStep;
using storage::Store;
using storage::StoredRollup;

namespace {

const Timestamp midnight{std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)};

Result result_at(std::chrono::microseconds time, const std::string& route = "shop/cart") {
  auto result = sample_result(route, midnight + time);
  result.interval = 30s;
  return result;
}

std::vector<StoredRollup> rollups_of(Store& store, RollupStep step,
                                     const std::string& route = "shop/cart") {
  auto found = store.rollups({.route = route,
                              .step = step,
                              .from = midnight - std::chrono::days(40),
                              .before = midnight + std::chrono::days(40)});
  REQUIRE(found.has_value());
  return std::move(*found);
}

void compact(Store& store) {
  while (store.compact_results(1).value() > 0) continue;
}

void check_nothing(Store& store) {
  CHECK(store.roll_up(midnight) == 0u);
  CHECK(rollups_of(store, RollupStep::Hour).empty());
  CHECK(store.histories({.first_day = std::chrono::floor<std::chrono::days>(midnight)})
            .value()
            .empty());
  CHECK(store.forget_rollups(midnight, 10) == 0u);
}

void check_steps(Store& store) {
  auto bad = result_at(90s);
  bad.outcome = Outcome::StatusMismatch;
  bad.status = 502;
  auto confirmation = result_at(91s);
  confirmation.kind = ProbeKind::Confirmation;
  REQUIRE(store
              .write({.results = {result_at(30s), result_at(60s), bad, confirmation,
                                  result_at(3'590s), result_at(24h)}})
              .has_value());
  roll_up(store, midnight + 48h);

  const auto minutes = rollups_of(store, RollupStep::Minute);
  REQUIRE(minutes.size() == 4);
  CHECK(minutes[1].begin == midnight + 1min);
  CHECK(minutes[1].region == "eu-west");
  CHECK(minutes[1].rollup.results() == 3);
  CHECK(minutes[1].rollup.scheduled() == 2);
  CHECK(minutes[1].rollup.good() == 1);
  CHECK(minutes[1].rollup.latency.count() == 1);

  // The second hour has nothing but what the end of the first one lends it.
  const auto hours = rollups_of(store, RollupStep::Hour);
  REQUIRE(hours.size() == 3);
  CHECK(hours[0].rollup.results() == 5);
  CHECK(hours[0].rollup.uptime == storage::Uptime{130s, 70s});
  CHECK(hours[1].rollup.results() == 0);
  CHECK(hours[1].rollup.uptime == storage::Uptime{50s, 50s});

  const auto days = rollups_of(store, RollupStep::Day);
  REQUIRE(days.size() == 2);
  auto sum = hours[0].rollup;
  sum.merge(hours[1].rollup);
  CHECK(days[0] == StoredRollup{"eu-west", midnight, sum});

  const auto range = store.rollups({.route = "shop/cart",
                                    .step = RollupStep::Minute,
                                    .from = midnight + 1min,
                                    .before = midnight + 59min});
  REQUIRE(range.has_value());
  CHECK(*range == std::vector{minutes[1]});
  CHECK(rollups_of(store, RollupStep::Hour, "shop").empty());
}

void check_open_hour(Store& store) {
  REQUIRE(store.write({.results = {result_at(0s), result_at(30s)}}).has_value());
  roll_up(store, midnight + 31s);
  CHECK(rollups_of(store, RollupStep::Hour)[0].rollup.uptime == storage::Uptime{31s, 31s});
  roll_up(store, midnight + 50s);
  CHECK(rollups_of(store, RollupStep::Hour)[0].rollup.uptime == storage::Uptime{50s, 50s});
  REQUIRE(store.write({.results = {result_at(60s)}}).has_value());
  roll_up(store, midnight + 24h);
  CHECK(rollups_of(store, RollupStep::Hour)[0].rollup.uptime == storage::Uptime{120s, 120s});
  CHECK(rollups_of(store, RollupStep::Day)[0].rollup.results() == 3);
  CHECK(store.roll_up(midnight + 24h) == 0u);
}

void check_late_results(Store& store) {
  REQUIRE(store.write({.results = {result_at(0s), result_at(5h)}}).has_value());
  roll_up(store, midnight + 6h);
  // A clock that stepped back: a late one, one of the same moment, one of the day before.
  compact(store);
  REQUIRE(store.write({.results = {result_at(10min), result_at(0s), result_at(-20h)}}).has_value());
  CHECK(rollups_of(store, RollupStep::Hour)[0].rollup.results() == 1);
  roll_up(store, midnight + 6h);
  const auto hours = rollups_of(store, RollupStep::Hour);
  REQUIRE(hours.size() == 3);
  CHECK(hours[0].begin == midnight - 20h);
  CHECK(hours[1].rollup.results() == 3);
  CHECK(hours[2].rollup.results() == 1);
  CHECK(rollups_of(store, RollupStep::Day).size() == 2);
}

// The rollups are the same however results are stored, and in whatever order they came.
void check_any_order(Store& store) {
  std::mt19937 random(1);
  std::vector<Result> results;
  for (int number = 0; number < 2'000; ++number) {
    auto result = result_at(std::chrono::milliseconds(random() % 100'000'000),
                            random() % 3 == 0 ? "shop/checkout" : "shop/cart");
    result.region = random() % 2 == 0 ? "eu" : "us";
    result.interval = random() % 10 == 0 ? 40min : 30s;
    if (random() % 10 == 0) result.kind = ProbeKind::Confirmation;
    result.maintenance = random() % 10 == 0;
    if (random() % 10 == 0) result.outcome = static_cast<Outcome>(random() % outcome_count);
    result.timings[Phase::Wait] = std::chrono::microseconds(random() % 900'000);
    results.push_back(result);
  }
  for (std::size_t first = 0; first < results.size(); first += 100) {
    const auto begin = results.begin() + static_cast<std::ptrdiff_t>(first);
    REQUIRE(store.write({.results = {begin, begin + 100}}).has_value());
    if (first % 300 == 0) compact(store);
    if (first % 500 == 0) roll_up(store, midnight + 20h);
  }
  const auto until = midnight + 26h;
  roll_up(store, until);
  std::ranges::stable_sort(results, {}, &Result::started);
  std::map<std::pair<std::string, std::string>, std::vector<storage::RollupSample>> samples;
  for (const auto& result : results) {
    samples[{result.route, result.region}].push_back(storage::rollup_sample_of(result));
  }
  for (const auto* const route : {"shop/cart", "shop/checkout"}) {
    std::vector<StoredRollup> hours;
    std::vector<StoredRollup> minutes;
    for (auto begin = midnight; begin < until; begin += 1h) {
      for (const auto* const region : {"eu", "us"}) {
        const auto rollup = storage::roll_up_hour(samples[{route, region}], begin, until);
        if (!rollup.hour.empty()) hours.push_back({region, begin, rollup.hour});
        for (std::size_t minute = 0; minute < storage::minutes_per_hour; ++minute) {
          if (rollup.minutes[minute].empty()) continue;
          minutes.push_back(
              {region, begin + minute * std::chrono::minutes(1), rollup.minutes[minute]});
        }
      }
    }
    std::ranges::stable_sort(minutes, {}, &StoredRollup::begin);
    CHECK(rollups_of(store, RollupStep::Hour, route) == hours);
    CHECK(rollups_of(store, RollupStep::Minute, route) == minutes);
  }
}

void check_histories(Store& store) {
  std::vector<Result> results;
  for (int day = 0; day < 20; ++day) {
    for (const auto* const route : {"shop/cart", "shop/checkout", "shop/zoo"}) {
      results.push_back(result_at(day * 24h + 1h, route));
      if (day % 2 == 0) continue;
      results.push_back(result_at(day * 24h + 2h, route));
      results.back().outcome = Outcome::Timeout;
      results.back().region = "us";
    }
  }
  results.push_back(result_at(-24h * 100, "shop/old"));
  REQUIRE(store.write({.results = results}).has_value());
  roll_up(store, midnight + std::chrono::days(30));
  const auto first_day = std::chrono::floor<std::chrono::days>(midnight) + std::chrono::days(5);
  const storage::HistoryQuery query{.first_day = first_day, .days = 20};
  const auto all = store.histories(query);
  REQUIRE(all.has_value());
  REQUIRE(all->size() == 6);
  CHECK((*all)[0].route == "shop/cart");
  CHECK((*all)[0].region == "eu-west");
  CHECK((*all)[1].region == "us");
  CHECK((*all)[2].route == "shop/checkout");
  REQUIRE((*all)[0].days.size() == 20);
  CHECK((*all)[0].days[14] == storage::Uptime{60s, 60s});
  CHECK((*all)[0].days[15] == storage::Uptime{});
  CHECK((*all)[0].total.results() == 15);
  CHECK((*all)[0].total.latency.count() == 15);
  CHECK((*all)[1].days[0] == storage::Uptime{60s, 0s});
  CHECK((*all)[1].total.answers ==
        std::vector<storage::AnswerCount>{{{Outcome::Timeout, 200, true}, 8}});

  auto page = query;
  page.routes = 2;
  CHECK(store.histories(page)->size() == 4);
  page.after = "shop/checkout";
  REQUIRE(store.histories(page)->size() == 2);
  CHECK(store.histories(page)->front() == (*all)[4]);
  auto one = query;
  one.route = "shop/checkout";
  REQUIRE(store.histories(one)->size() == 2);
  CHECK(store.histories(one)->front() == (*all)[2]);
}

void check_forgetting(Store& store) {
  std::vector<Result> results;
  for (int hour = 0; hour < 48; ++hour) results.push_back(result_at(hour * 1h));
  REQUIRE(store.write({.results = results}).has_value());
  // Nothing is forgotten that is not rolled up.
  CHECK(store.forget_results(midnight + 24h, 1'000) == 0u);
  CHECK(store.results({}).value().size() == 48);
  roll_up(store, midnight + 50h);
  const auto hours = rollups_of(store, RollupStep::Hour);
  const auto days = rollups_of(store, RollupStep::Day);
  CHECK(hours.size() == 48);
  compact(store);
  while (store.forget_results(midnight + 60h, 1'000).value() > 0) continue;
  CHECK(store.results({}).value().empty());
  // A late result changes nothing any more where more were counted.
  REQUIRE(store.write({.results = {result_at(1h), result_at(1h + 1s)}}).has_value());
  roll_up(store, midnight + 50h);
  CHECK(rollups_of(store, RollupStep::Hour)[1].rollup.results() == 2);
  CHECK(rollups_of(store, RollupStep::Hour)[0] == hours[0]);
  REQUIRE(store.write({.results = {result_at(2h + 1s)}}).has_value());
  while (store.forget_results(midnight + 60h, 1'000).value() > 0) continue;
  roll_up(store, midnight + 50h);
  CHECK(rollups_of(store, RollupStep::Hour)[1].rollup.results() == 2);

  std::uint64_t forgotten = 0;
  while (const auto some = store.forget_rollups(midnight + 30h + 30min, 7).value()) {
    CHECK(some <= 7);
    forgotten += some;
  }
  CHECK(forgotten >= 30);
  CHECK(rollups_of(store, RollupStep::Hour).size() == 18);
  CHECK(rollups_of(store, RollupStep::Minute).size() == 18);
  while (store.forget_rollups(midnight + std::chrono::days(40), 7).value() > 0) continue;
  CHECK(rollups_of(store, RollupStep::Hour).empty());
  CHECK(rollups_of(store, RollupStep::Day).empty());
}

void check_oldest_go_first(Store& store) {
  for (const auto* const route : {"a", "b", "c"}) {
    std::vector<Result> results;
    for (int day = 0; day < 20; ++day) {
      for (int hour = 0; hour < 3; ++hour)
        results.push_back(result_at(day * 24h + hour * 1h, route));
    }
    REQUIRE(store.write({.results = results}).has_value());
  }
  roll_up(store, midnight + 21 * 24h);
  const auto oldest = [&store](const std::string& route) {
    const auto hours = rollups_of(store, RollupStep::Hour, route);
    return hours.empty() ? midnight + 20 * 24h : hours.front().begin;
  };
  while (store.forget_rollups(Timestamp::max(), 2).value() > 0) {
    const auto [first, last] = std::minmax({oldest("a"), oldest("b"), oldest("c")});
    CHECK(last - first <= 24h);
  }
  for (const auto step : {RollupStep::Minute, RollupStep::Hour, RollupStep::Day}) {
    CHECK(rollups_of(store, step, "b").empty());
  }
}

}  // namespace

void roll_up(Store& store, Timestamp until) {
  for (std::uint64_t made = 1; made > 0;) {
    const auto rolled_up = store.roll_up(until);
    REQUIRE(rolled_up.has_value());
    made = *rolled_up;
  }
}

void check_rollup_contract(const std::function<std::unique_ptr<Store>()>& make) {
  const auto store = make();
  SUBCASE("there is nothing at the beginning") {
    check_nothing(*store);
  }
  SUBCASE("minutes, hours and days") {
    check_steps(*store);
  }
  SUBCASE("the hour that goes on") {
    check_open_hour(*store);
  }
  SUBCASE("late results are counted") {
    check_late_results(*store);
  }
  SUBCASE("the order of arrival and the form do not matter") {
    check_any_order(*store);
  }
  SUBCASE("histories of many routes") {
    check_histories(*store);
  }
  SUBCASE("rollups outlive their results, and are forgotten in steps") {
    check_forgetting(*store);
  }
  SUBCASE("without a limit the oldest rollups of every route go first") {
    check_oldest_go_first(*store);
  }
}

}  // namespace gatewatch::tests
