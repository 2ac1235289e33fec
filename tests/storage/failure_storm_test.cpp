#include "storage/failure_storm.h"

#include <chrono>

#include <doctest/doctest.h>

using namespace gatewatch;
using gatewatch::storage::FailureStorm;
using namespace std::chrono_literals;

namespace {

using Place = FailureStorm::Place;

constexpr Place begins = {.stays = true, .replaces = false};
constexpr Place follows = {.stays = false, .replaces = false};
constexpr Place replaces = {.stays = false, .replaces = true};
constexpr Place stays = {.stays = true, .replaces = true};

Timestamp at(std::chrono::seconds since) {
  return Timestamp(1'000'000s + since);
}

}  // namespace

TEST_CASE("the first stays, one a minute stays, the others follow each other") {
  FailureStorm storm;
  CHECK(storm.add(at(0s)) == begins);
  CHECK(storm.add(at(1s)) == follows);
  CHECK(storm.add(at(59s)) == replaces);
  CHECK(storm.add(at(60s)) == stays);
  CHECK(storm.add(at(61s)) == follows);
  CHECK(storm.add(at(119s)) == replaces);
}

TEST_CASE("a slow storm keeps them all, and so does one with pauses") {
  FailureStorm slow;
  CHECK(slow.add(at(0s)) == begins);
  CHECK(slow.add(at(60s)) == begins);
  CHECK(slow.add(at(120s)) == begins);
  FailureStorm pausing;
  CHECK(pausing.add(at(0s)) == begins);
  CHECK(pausing.add(at(10s)) == follows);
  CHECK(pausing.add(at(310s)) == begins);  // what was the last stays
}

TEST_CASE("a storm goes on as it was") {
  FailureStorm last_may_go(at(30s), at(0s), false);
  CHECK(last_may_go.add(at(40s)) == replaces);
  FailureStorm last_stays(at(0s), at(0s), true);
  CHECK(last_stays.add(at(40s)) == follows);
  FailureStorm due(at(30s), at(0s), false);
  CHECK(due.add(at(60s)) == stays);
}

TEST_CASE("a clock that is set neither ends the record nor floods it") {
  FailureStorm storm;
  CHECK(storm.add(at(1h)) == begins);
  CHECK(storm.add(at(0s)) == begins);
  CHECK(storm.add(at(-1s)) == follows);
  CHECK(storm.add(at(-59s)) == replaces);
  CHECK(storm.add(at(-60s)) == stays);
}
