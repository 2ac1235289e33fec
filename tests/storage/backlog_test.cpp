#include "storage/backlog.h"

#include <doctest/doctest.h>

#include "tests/contracts/records_samples.h"

using namespace gatewatch;
using namespace gatewatch::storage;
using tests::sample_time;

namespace {

Result with_evidence(int second) {
  auto result = tests::sample_failure("shop/cart", sample_time(second));
  result.evidence = SharedEvidence(Evidence{.head = std::string(10'000, 'x')});
  return result;
}

Result without_evidence(int second) {
  auto result = with_evidence(second);
  result.evidence.reset();
  return result;
}

std::vector<Result> take_all(Backlog& backlog) {
  std::vector<Result> results;
  for (Taken taken; backlog.waiting_since();) {
    backlog.take_results(taken);
    results.insert(results.end(), taken.batch.results.begin(), taken.batch.results.end());
    backlog.finish(taken);
  }
  return results;
}

bool has_evidence(const Result& result) {
  return static_cast<bool>(result.evidence);
}

}  // namespace

TEST_CASE("every text of evidence counts") {
  const auto bare = weight_of(without_evidence(0));
  auto result = without_evidence(0);
  result.evidence = SharedEvidence(Evidence{.head = std::string(1'000, 'h'),
                                            .body = std::string(2'000, 'b'),
                                            .body_sha256 = std::string(3'000, 's'),
                                            .resolver = std::string(4'000, 'r'),
                                            .chain_fingerprint = std::string(5'000, 'c'),
                                            .request_ids = {{std::string(6'000, 'n'), "v"}}});
  CHECK(weight_of(result) == bare + sizeof(Evidence) + sizeof(RequestId) + 21'001);
}

TEST_CASE("evidence gives way before any result does, then results, the newest first") {
  const auto bare = weight_of(without_evidence(0));
  Backlog backlog({.bytes = 20 * bare, .batch_results = 7});
  CHECK(backlog.add(with_evidence(0), {}));
  const auto heavy = backlog.bytes();
  CHECK(heavy > 10 * bare);
  // It is more than half full: what comes now comes without.
  CHECK(backlog.add(with_evidence(1), {}));
  CHECK(backlog.bytes() == heavy + bare);
  CHECK(backlog.dropped(Backlog::Kind::Evidence) == 1);
  for (int second = 2; second < 30; ++second)
    CHECK(backlog.add(with_evidence(second), {}) == (second < 20));
  CHECK(backlog.bytes() == 20 * bare);
  CHECK(backlog.dropped(Backlog::Kind::Evidence) == 30);
  CHECK(backlog.dropped(Backlog::Kind::Results) == 10);

  const auto results = take_all(backlog);
  REQUIRE(results.size() == 20);
  for (int second = 0; second < 20; ++second)
    CHECK(results[static_cast<std::size_t>(second)] == without_evidence(second));
  CHECK(backlog.bytes() == 0);
  CHECK(backlog.add(with_evidence(40), {}));
  CHECK(has_evidence(take_all(backlog).at(0)));
}

TEST_CASE("a batch is bounded, and what is taken still takes space") {
  Backlog backlog({.bytes = 10 * weight_of(without_evidence(0)), .batch_results = 4});
  for (int second = 0; second < 10; ++second) CHECK(backlog.add(without_evidence(second), {}));
  CHECK(backlog.has_full_batch());
  Taken taken;
  backlog.take_results(taken);
  CHECK(taken.batch.results.size() == 4);
  backlog.take_results(taken);
  CHECK(taken.batch.results.size() == 4);
  CHECK_FALSE(backlog.add(without_evidence(10), {}));
  backlog.finish(taken);
  CHECK(taken.batch.empty());
  CHECK(backlog.written().results == 4);
  CHECK(backlog.add(without_evidence(10), {}));
}

TEST_CASE("a gap grows while it goes on, and a later one is another") {
  Backlog backlog({.bytes = weight_of(without_evidence(0)), .batch_results = 10});
  const auto gap = [](int since, int until, std::uint64_t count) {
    return GapRecord{"results", sample_time(since), sample_time(until), count};
  };
  const auto taken_gaps = [&backlog] {
    Taken taken;
    backlog.take_results(taken);
    auto gaps = taken.batch.gaps;
    backlog.finish(taken);
    return gaps;
  };
  const auto fill_and_drop = [&backlog](int second) {
    CHECK(backlog.add(without_evidence(second), {}));
    CHECK_FALSE(backlog.add(without_evidence(second), {}));
  };
  using Gaps = std::vector<GapRecord>;
  fill_and_drop(0);
  CHECK(taken_gaps() == Gaps{gap(0, 0, 1)});
  CHECK(backlog.add(without_evidence(20), {}));
  CHECK(taken_gaps().empty());
  fill_and_drop(30);
  CHECK(taken_gaps() == Gaps{gap(0, 30, 2)});
  fill_and_drop(200);
  backlog.add(gap(210, 215, 7));  // somebody else lost these
  backlog.add(gap(400, 401, 3));
  CHECK(taken_gaps() == Gaps{gap(200, 215, 8), gap(400, 401, 3)});
  backlog.add(gap(390, 390, 1));  // before what is written already
  backlog.add(gap(410, 410, 1));
  CHECK(backlog.add(without_evidence(420), {}));
  CHECK(taken_gaps() == Gaps{gap(390, 410, 2)});
  backlog.add(gap(700, 700, 1));
  backlog.add(gap(690, 690, 1));
  CHECK(backlog.add(without_evidence(420), {}));
  CHECK(taken_gaps() == Gaps{gap(690, 700, 2)});
}
