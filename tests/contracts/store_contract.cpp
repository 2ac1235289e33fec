#include "tests/contracts/store_contract.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/contracts/evidence_contract.h"
#include "tests/contracts/records_samples.h"
#include "tests/contracts/rollup_contract.h"

namespace gatewatch::tests {

using storage::Batch;
using storage::DeliveryState;
using storage::IncidentState;
using storage::Store;

namespace {

std::vector<Result> results_of(Store& store, const storage::ResultQuery& query) {
  auto results = store.results(query);
  REQUIRE(results.has_value());
  return std::move(*results);
}

std::vector<storage::IncidentHistory> incidents_of(Store& store,
                                                   const storage::IncidentQuery& query = {}) {
  auto incidents = store.incidents(query);
  REQUIRE(incidents.has_value());
  return std::move(*incidents);
}

std::vector<std::string> pending_keys(Store& store) {
  const auto pending = store.pending_deliveries();
  REQUIRE(pending.has_value());
  std::vector<std::string> keys;
  for (const auto& delivery : *pending) keys.push_back(delivery.key);
  return keys;
}

void compact(Store& store) {
  for (std::uint64_t moved = 1; moved > 0;) {
    const auto compacted = store.compact_results(1);
    REQUIRE(compacted.has_value());
    moved = *compacted;
  }
}

void check_empty_store(Store& store) {
  CHECK(evidence_of(store).empty());
  CHECK(store.forget_evidence(sample_time(), 0, 10) == 0u);
  CHECK(results_of(store, {}).empty());
  CHECK(incidents_of(store).empty());
  CHECK(pending_keys(store).empty());
  CHECK(store.last_incident_id() == 0);
  CHECK(store.forget_results(sample_time(), 10) == 0u);
  CHECK(store.compact_results(1) == 0u);
  CHECK(store.sizes().has_value());
  CHECK(store.trouble() == storage::Trouble::None);
  CHECK(store.write({}).has_value());
}

void check_every_field(Store& store) {
  const auto plain = sample_result("shop/cart", sample_time());
  auto failure = sample_failure("shop/checkout", sample_time(1));
  failure.maintenance = true;
  auto bare = Result{};
  bare.started = sample_time(2);
  REQUIRE(store.write({.results = {plain, failure, bare}}).has_value());
  const auto all = without_evidence({bare, failure, plain});
  CHECK(results_of(store, {}) == all);
  CHECK(evidence_of(store) == std::vector{failure});
  compact(store);
  CHECK(results_of(store, {}) == all);

  REQUIRE(store.write({.steps = {sample_step(1, 1)}}).has_value());
  const auto histories = incidents_of(store);
  REQUIRE(histories.size() == 1);
  CHECK(histories[0].incident == sample_step(1, 1).incident);
  CHECK(histories[0].events == std::vector{sample_step(1, 1).event});
  CHECK(histories[0].deliveries == sample_step(1, 1).deliveries);
}

void check_every_outcome_and_phase(Store& store) {
  std::vector<Result> results;
  for (const auto& row : outcome_table()) {
    auto result = sample_result("shop/cart", sample_time(static_cast<int>(row.outcome)));
    result.outcome = row.outcome;
    result.last_phase = static_cast<Phase>(static_cast<int>(row.outcome) % phase_count);
    result.kind = static_cast<ProbeKind>(static_cast<int>(row.outcome) % 3);
    results.push_back(result);
  }
  REQUIRE(store.write({.results = results}).has_value());
  CHECK(results_of(store, {.newest_first = false}) == results);
}

void check_traces(Store& store) {
  auto ok = sample_result("shop/cart", sample_time());
  auto failing = sample_result("shop/cart", sample_time(1));
  auto ours = sample_result("shop/cart", sample_time(2));
  failing.outcome = Outcome::StatusMismatch;
  ours.outcome = Outcome::Vantage;
  for (auto* const result : {&ok, &failing, &ours}) {
    result->trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  }
  REQUIRE(store.write({.results = {ok, failing, ours}}).has_value());
  ok.trace_id.clear();
  CHECK(results_of(store, {.newest_first = false}) == std::vector{ok, failing, ours});
}

// `compacts`: results are compacted after each batch, after the second one, or never.
enum class Compacts : std::uint8_t { Never, Once, Always };

void check_result_queries(Store& store, Compacts compacts) {
  std::uint64_t count = 0;
  for (const auto second : {3, 1, 2, 2}) {
    Batch batch;
    batch.results.push_back(sample_result("shop/cart", sample_time(second)));
    batch.results.back().body_size = 2 * count + 1;
    batch.results.push_back(sample_result("shop/checkout", sample_time(second)));
    REQUIRE(store.write(batch).has_value());
    if (compacts == Compacts::Always || (compacts == Compacts::Once && count == 1)) {
      compact(store);
    }
    ++count;
  }
  CHECK(results_of(store, {}).size() == 8);
  CHECK(results_of(store, {.route = "shop"}).empty());

  using Sizes = std::vector<std::uint64_t>;
  const auto sizes = [&store](storage::ResultQuery query) {
    query.route = "shop/cart";
    Sizes found;
    for (const auto& result : results_of(store, query)) {
      CHECK(result.route == "shop/cart");
      found.push_back(result.body_size);
    }
    return found;
  };
  CHECK(sizes({.newest_first = false}) == Sizes{3, 5, 7, 1});
  CHECK(sizes({.newest_first = true}) == Sizes{1, 7, 5, 3});
  CHECK(sizes({.from = sample_time(2), .newest_first = false}) == Sizes{5, 7, 1});
  CHECK(sizes({.before = sample_time(2), .newest_first = false}) == Sizes{3});
  CHECK(sizes({.from = sample_time(2), .before = sample_time(3)}) == Sizes{7, 5});
  CHECK(sizes({.limit = 2}) == Sizes{1, 7});
  CHECK(sizes({.newest_first = false, .limit = 1}) == Sizes{3});
  CHECK(sizes({.limit = 0}).empty());
}

void check_outlines(Store& store) {
  std::vector<Result> results;
  for (const auto second : {3, 1, 2, 2, 4}) {
    results.push_back(sample_failure("shop/cart", sample_time(second)));
    results.back().region = results.size() % 2 == 0 ? "eu" : "us";
    results.back().status = 500 + static_cast<int>(results.size());
    results.push_back(sample_result("shop/checkout", sample_time(second)));
  }
  results[2].kind = ProbeKind::Confirmation;
  results[2].cert_expiring = true;
  results[2].maintenance = true;
  REQUIRE(store.write({.results = results}).has_value());

  using Outlines = std::vector<storage::ResultOutline>;
  const auto outline = [&results](std::size_t index) {
    return storage::outline_of(results[index]);
  };
  const auto found = [&store](const std::string& route, int from, int before) {
    return store.outlines(route, sample_time(from), sample_time(before));
  };
  CHECK(found("shop/cart", 1, 4) == Outlines{outline(2), outline(4), outline(6), outline(0)});
  CHECK(found("shop/cart", 2, 3) == Outlines{outline(4), outline(6)});
  CHECK(found("shop/cart", 9, 99) == Outlines{});
  CHECK(found("shop", 0, 99) == Outlines{});
  auto later = results[0];
  later.started = sample_time(50);
  later.region = "a region that was not there at the first question";
  REQUIRE(store.write({.results = {later}}).has_value());
  CHECK(found("shop/cart", 9, 99) == Outlines{storage::outline_of(later)});
}

void check_incident_queries(Store& store) {
  auto resolved = sample_step(2, 1);
  resolved.incident.state = IncidentState::Resolved;
  resolved.incident.resolved = sample_time(60);
  REQUIRE(store.write({.steps = {sample_step(1, 1), resolved, sample_step(3, 1)}}).has_value());
  CHECK(store.last_incident_id() == 3);

  using Ids = std::vector<std::int64_t>;
  const auto ids = [&store](const storage::IncidentQuery& query) {
    Ids found;
    for (const auto& history : incidents_of(store, query)) found.push_back(history.incident.id);
    return found;
  };
  CHECK(ids({}) == Ids{3, 2, 1});
  CHECK(ids({.open_only = true}) == Ids{3, 1});
  CHECK(ids({.limit = 2}) == Ids{3, 2});
  CHECK(ids({.open_only = true, .limit = 1}) == Ids{3});
  CHECK(ids({.id = 2}) == Ids{2});
  CHECK(ids({.open_only = true, .id = 2}).empty());
  CHECK(ids({.id = 9}).empty());
  CHECK(incidents_of(store, {.id = 2})[0].incident == resolved.incident);
}

void check_steps_of_one_incident(Store& store) {
  auto second = sample_step(7, 2);
  second.incident.routes.pop_back();
  second.incident.acknowledged = sample_time(3);
  second.incident.acknowledged_by = "Ann <ann@example.com>";
  second.incident.held_by = "maintenance db-upgrade";
  REQUIRE(store.write({.steps = {sample_step(7, 1), second}}).has_value());
  const auto history = incidents_of(store)[0];
  CHECK(history.incident == second.incident);
  CHECK(history.events == std::vector{sample_step(7, 1).event, second.event});
  CHECK(pending_keys(store) == std::vector<std::string>{"7/1/ops", "7/2/ops"});
}

void check_step_written_again(Store& store) {
  auto delivered = sample_step(1, 1).deliveries[0];
  delivered.state = DeliveryState::Delivered;
  REQUIRE(store.write({.steps = {sample_step(1, 1), sample_step(1, 2)}, .deliveries = {delivered}})
              .has_value());
  const auto before = incidents_of(store)[0];

  REQUIRE(store.write({.steps = {sample_step(1, 1)}}).has_value());
  const auto after = incidents_of(store)[0];
  CHECK(after.incident == before.incident);
  CHECK(after.events == before.events);
  CHECK(after.deliveries == before.deliveries);
  CHECK(pending_keys(store) == std::vector<std::string>{"1/2/ops"});
}

void check_delivery_changes(Store& store) {
  REQUIRE(store.write({.steps = {sample_step(1, 1)}}).has_value());
  auto delivery = sample_step(1, 1).deliveries[0];
  delivery.attempts = 3;
  delivery.next_attempt = sample_time(300);
  delivery.last_error = "the server answered 503";
  REQUIRE(store.write({.deliveries = {delivery}}).has_value());
  CHECK(store.pending_deliveries() == std::vector{delivery});

  delivery.state = DeliveryState::Failed;
  delivery.finished = sample_time(400);
  REQUIRE(store.write({.deliveries = {delivery}}).has_value());
  CHECK(pending_keys(store).empty());
  CHECK(incidents_of(store)[0].deliveries == std::vector{delivery});
}

void check_delivery_order(Store& store) {
  // The wall clock may jump back between two steps; what was created first is told first.
  auto late = sample_step(1, 2);
  late.deliveries[0].created = sample_time(-1'000);
  auto other = sample_step(2, 1);
  other.deliveries[0].key = "0";
  REQUIRE(store.write({.steps = {sample_step(1, 1), other, late}}).has_value());
  CHECK(pending_keys(store) == std::vector<std::string>{"1/1/ops", "0", "1/2/ops"});
}

void check_silences(Store& store) {
  const storage::SilenceRecord first{.id = 1,
                                     .routes = {"shop/*", "a \"b\""},
                                     .tags = {{"team", "payments"}},
                                     .rules = {"down"},
                                     .regions = {"eu-*"},
                                     .starts = sample_time(10),
                                     .ends = sample_time(20),
                                     .author = "ann",
                                     .comment = "maintenance",
                                     .created = sample_time(5)};
  storage::SilenceRecord second{.id = 2, .starts = sample_time(15), .ends = sample_time(60)};
  REQUIRE(store.write({.silences = {first, second}}).has_value());
  using Silences = std::vector<storage::SilenceRecord>;
  CHECK(store.silences({}) == Silences{second, first});
  CHECK(store.silences({.limit = 1}) == Silences{second});
  CHECK(store.silences({.from = sample_time(20)}) == Silences{second});
  CHECK(store.silences({.before = sample_time(15)}) == Silences{first});
  CHECK(store.silences({.from = sample_time(60)}) == Silences{});

  second.ends = sample_time(18);  // it is ended by hand
  REQUIRE(store.write({.silences = {second}}).has_value());
  CHECK(store.silences({.from = sample_time(19)}) == Silences{first});
  CHECK(store.silences({.limit = 1}) == Silences{second});
}

void check_changes(Store& store) {
  const storage::ChangeRecord first{.id = 1,
                                    .at = sample_time(10),
                                    .routes = {"shop/*"},
                                    .text = "version 7",
                                    .link = "https://ci.example/7",
                                    .author = "ci"};
  const storage::ChangeRecord second{.id = 2, .at = sample_time(20), .text = "a firewall"};
  REQUIRE(store.write({.changes = {first, second}}).has_value());
  REQUIRE(store.write({.changes = {first}}).has_value());
  using Changes = std::vector<storage::ChangeRecord>;
  CHECK(store.changes({}) == Changes{second, first});
  CHECK(store.changes({.limit = 1}) == Changes{second});
  CHECK(store.changes({.from = sample_time(10), .before = sample_time(20)}) == Changes{first});
}

void check_gaps(Store& store) {
  storage::GapRecord gap{"results", sample_time(10), sample_time(20), 7};
  const storage::GapRecord other{"evidence", sample_time(5), sample_time(20), 9};
  REQUIRE(store.write({.gaps = {gap, other}}).has_value());
  using Gaps = std::vector<storage::GapRecord>;
  CHECK(store.gaps({}) == Gaps{gap, other});
  gap.until = sample_time(30);
  gap.count = 12;
  REQUIRE(store.write({.gaps = {gap}}).has_value());
  CHECK(store.gaps({}) == Gaps{gap, other});
  CHECK(store.gaps({.from = sample_time(25)}) == Gaps{gap});
  CHECK(store.gaps({.before = sample_time(10)}) == Gaps{other});
}

void check_forgetting(Store& store) {
  for (int second = 0; second < 10; ++second) {
    auto result = sample_failure("shop/cart", sample_time(second));
    result.detail = std::string(9'000, 'x');
    result.evidence.reset();
    REQUIRE(store.write({.results = {result}}).has_value());
  }
  REQUIRE(store.write({.steps = {sample_step(1, 1)}}).has_value());
  CHECK(store.forget_results(sample_time(5), 3) == 0u);  // they are yet to be rolled up
  roll_up(store);
  const auto full = store.sizes().value();

  CHECK(store.forget_results(sample_time(5), 3) == 3u);
  CHECK(results_of(store, {.newest_first = false})[0].started == sample_time(3));
  CHECK(store.forget_results(sample_time(5), 3) == 2u);
  CHECK(store.forget_results(sample_time(5), 3) == 0u);
  CHECK(results_of(store, {}).size() == 5);
  CHECK(incidents_of(store).size() == 1);
  CHECK(store.sizes()->records < full.records);

  // What the forgotten results shared with later ones can be stored anew.
  REQUIRE(store.forget_results(sample_time(100), 100) == 5u);
  const auto fresh = sample_failure("shop/cart", sample_time(20));
  REQUIRE(store.write({.results = {fresh}}).has_value());
  CHECK(results_of(store, {}) == without_evidence({fresh}));
}

// A failing result of number `second`, of which the trace tells it from others.
// A result stays as long as one that it is stored with, which is not for ever.
void check_forgetting_groups(Store& store) {
  constexpr int count = 2'000;
  constexpr std::int64_t pause = 600;
  std::vector<Result> kept;
  Batch batch;
  for (int number = 0; number < count; ++number) {
    const auto result = sample_result("shop/cart", sample_time(number * pause));
    batch.results.push_back(result);
    if (number >= count / 2) kept.push_back(result);
  }
  REQUIRE(store.write(batch).has_value());
  compact(store);
  roll_up(store);

  const auto limit = sample_time(count / 2 * pause);
  std::uint64_t forgotten = 0;
  for (std::uint64_t step = 100; step >= 100;) {
    step = store.forget_results(limit, 100).value_or(0);
    CHECK(step < 100 + 512);
    forgotten += step;
  }
  const auto left = results_of(store, {.newest_first = false, .limit = count});
  CHECK(left.size() == count - forgotten);
  REQUIRE(left.size() >= kept.size());
  CHECK(std::equal(kept.rbegin(), kept.rend(), left.rbegin()));
  CHECK(left.front().started > limit - std::chrono::days(1));
}

}  // namespace

void check_store_contract(const std::function<std::unique_ptr<Store>()>& make) {
  const auto store = make();
  REQUIRE(store != nullptr);
  SUBCASE("an empty store answers every question") {
    check_empty_store(*store);
  }
  SUBCASE("every field comes back as it was written") {
    check_every_field(*store);
  }
  SUBCASE("every outcome, phase and kind") {
    check_every_outcome_and_phase(*store);
  }
  SUBCASE("the trace of a result is kept where it is not ok") {
    check_traces(*store);
  }
  SUBCASE("results by route, time, order and limit") {
    check_result_queries(*store, Compacts::Never);
  }
  SUBCASE("results that were compacted, by route, time, order and limit") {
    check_result_queries(*store, Compacts::Always);
  }
  SUBCASE("results of which some were compacted, by route, time, order and limit") {
    check_result_queries(*store, Compacts::Once);
  }
  SUBCASE("outlines of results") {
    check_outlines(*store);
  }
  SUBCASE("incidents by state, id and limit, newest first") {
    check_incident_queries(*store);
  }
  SUBCASE("the newest step says how an incident is") {
    check_steps_of_one_incident(*store);
  }
  SUBCASE("a step written again changes nothing") {
    check_step_written_again(*store);
  }
  SUBCASE("a delivery changes by its key") {
    check_delivery_changes(*store);
  }
  SUBCASE("deliveries keep the order in which they came") {
    check_delivery_order(*store);
  }
  SUBCASE("silences by time, and one that is ended") {
    check_silences(*store);
  }
  SUBCASE("changes by time") {
    check_changes(*store);
  }
  SUBCASE("gaps by time, and one that grows") {
    check_gaps(*store);
  }
  SUBCASE("results are forgotten, the oldest first") {
    check_forgetting(*store);
  }
  SUBCASE("results are forgotten together with those that they are stored with") {
    check_forgetting_groups(*store);
  }
}

}  // namespace gatewatch::tests
