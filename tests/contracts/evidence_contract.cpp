#include "tests/contracts/evidence_contract.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/contracts/records_samples.h"
#include "tests/contracts/rollup_contract.h"

namespace gatewatch::tests {

using storage::Batch;
using storage::Store;

std::vector<Result> evidence_of(Store& store, const storage::ResultQuery& query) {
  auto found = store.evidence(query);
  REQUIRE(found.has_value());
  return std::move(*found);
}

namespace {

Result numbered_failure(int second, const std::string& route = "shop/cart") {
  auto result = sample_failure(route, sample_time(second));
  result.trace_id = std::to_string(second);
  return result;
}

std::vector<std::string> traces_of(Store& store, storage::ResultQuery query = {}) {
  query.newest_first = false;
  std::vector<std::string> traces;
  for (const auto& item : evidence_of(store, query)) traces.push_back(item.trace_id);
  return traces;
}

// `at_once`: results of one batch.
void check_storm(Store& store, int at_once) {
  Batch batch;
  for (int second = 0; second <= 150; second += 10) {
    batch.results.push_back(numbered_failure(second));
    auto ok = sample_result("shop/cart", sample_time(second + 1));
    batch.results.push_back(ok);
    if (batch.results.size() < static_cast<std::size_t>(at_once)) continue;
    REQUIRE(store.write(batch).has_value());
    batch.results.clear();
  }
  REQUIRE(store.write(batch).has_value());
  // The first, one a minute, the last.
  CHECK(traces_of(store) == std::vector<std::string>{"0", "60", "120", "150"});
  CHECK(store.results({}).value().size() == 32);

  // After a pause another storm begins, and the last one of this stays.
  REQUIRE(store.write({.results = {numbered_failure(450), numbered_failure(455)}}).has_value());
  REQUIRE(store.write({.results = {numbered_failure(460)}}).has_value());
  CHECK(traces_of(store) == std::vector<std::string>{"0", "60", "120", "150", "450", "460"});
}

void check_storms_by_kind(Store& store) {
  auto other_route = numbered_failure(1, "shop/checkout");
  auto other_region = numbered_failure(2);
  other_region.region = "ap-south";
  auto other_outcome = numbered_failure(3);
  other_outcome.outcome = Outcome::Timeout;
  auto other_reason = numbered_failure(4);
  other_reason.reason = "wrong_host";
  auto other_status = numbered_failure(5);
  other_status.status = 503;
  REQUIRE(store
              .write({.results = {numbered_failure(0), other_route, other_region, other_outcome,
                                  other_reason, other_status, numbered_failure(6),
                                  numbered_failure(7)}})
              .has_value());
  CHECK(traces_of(store) == std::vector<std::string>{"0", "1", "2", "3", "4", "5", "7"});
  CHECK(traces_of(store, {.route = "shop/checkout"}) == std::vector<std::string>{"1"});
  CHECK(traces_of(store, {.route = "shop"}).empty());
  CHECK(traces_of(store, {.from = sample_time(2), .before = sample_time(4)}) ==
        std::vector<std::string>{"2", "3"});
  CHECK(traces_of(store, {.limit = 2}) == std::vector<std::string>{"0", "1"});
  CHECK(evidence_of(store, {.limit = 1})[0].trace_id == "7");
  CHECK(evidence_of(store, {.route = "shop/cart", .limit = 1})[0].trace_id == "7");
}

void check_forgetting_evidence(Store& store) {
  for (int number = 0; number < 6; ++number) {
    auto result = numbered_failure(number * 1'000);
    REQUIRE(store.write({.results = {result}}).has_value());
  }
  constexpr auto much = 1ULL << 40;
  roll_up(store);
  const auto full = store.sizes();
  // It outlives its results.
  REQUIRE(store.forget_results(sample_time(10'000), 100) == 6u);
  CHECK(traces_of(store).size() == 6);

  CHECK(store.forget_evidence(sample_time(3'000), much, 2) == 2u);
  CHECK(store.forget_evidence(sample_time(3'000), much, 2) == 1u);
  CHECK(store.forget_evidence(sample_time(3'000), much, 2) == 0u);
  CHECK(traces_of(store) == std::vector<std::string>{"3000", "4000", "5000"});
  CHECK(store.forget_evidence(sample_time(0), 0, 2) == 2u);
  CHECK(traces_of(store) == std::vector<std::string>{"5000"});
  CHECK(store.sizes()->records < full->records);
  CHECK(store.forget_evidence(sample_time(0), 0, 2) == 1u);

  // Nothing remembers what is gone.
  REQUIRE(store.write({.results = {numbered_failure(5'001), numbered_failure(5'002)}}));
  REQUIRE(store.write({.results = {numbered_failure(5'003)}}).has_value());
  CHECK(traces_of(store).back() == "5003");
}

}  // namespace

void check_evidence_contract(const std::function<std::unique_ptr<Store>()>& make) {
  const auto store = make();
  REQUIRE(store != nullptr);
  SUBCASE("of a storm of equal failures the first, the last and one a minute leave evidence") {
    check_storm(*store, 1);
  }
  SUBCASE("the same of a storm that comes at once") {
    check_storm(*store, 100);
  }
  SUBCASE("the same of one that comes by and by") {
    check_storm(*store, 7);
  }
  SUBCASE("failures of another kind are another storm; evidence by route, time, order and limit") {
    check_storms_by_kind(*store);
  }
  SUBCASE("evidence outlives results, and is forgotten by age and size, the oldest first") {
    check_forgetting_evidence(*store);
  }
}

}  // namespace gatewatch::tests
