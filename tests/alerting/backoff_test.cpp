#include "alerting/backoff.h"

#include <chrono>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

constexpr double middle = 0.5;  // no jitter

Instant at(std::chrono::milliseconds time) {
  return Instant{time};
}

}  // namespace

TEST_CASE("the wait doubles from one second to five minutes") {
  const OutboxLimits limits;
  CHECK(retry_delay(limits, 1, {}, middle) == 1s);
  CHECK(retry_delay(limits, 2, {}, middle) == 2s);
  CHECK(retry_delay(limits, 8, {}, middle) == 128s);
  CHECK(retry_delay(limits, 10, {}, middle) == 5min);
  CHECK(retry_delay(limits, 2'000'000'000, {}, middle) == 5min);
}

TEST_CASE("jitter spreads it by a fifth, never beyond five minutes") {
  const OutboxLimits limits;
  CHECK(retry_delay(limits, 3, {}, 0.0) == 3200ms);
  CHECK(retry_delay(limits, 3, {}, 0.9999) > 4790ms);
  CHECK(retry_delay(limits, 3, {}, 0.9999) < 4801ms);
  CHECK(retry_delay(limits, 20, {}, 0.9999) == 5min);
  CHECK(retry_delay(limits, 20, {}, 0.0) == 4min);
}

TEST_CASE("Retry-After lengthens the wait, up to five minutes") {
  const OutboxLimits limits;
  CHECK(retry_delay(limits, 1, 30s, middle) == 30s);
  CHECK(retry_delay(limits, 8, 30s, middle) == 128s);
  CHECK(retry_delay(limits, 1, 1h, middle) == 5min);
  CHECK(retry_delay(limits, 1, std::chrono::seconds::max(), middle) == 5min);
  CHECK(retry_delay(limits, 1, -5s, middle) == 1s);
}

TEST_CASE("a burst may go at once, then one a second; idle time fills the burst again") {
  Pace pace(1s, 5, at(0s));
  for (int sent = 0; sent < 5; ++sent) {
    CHECK(pace.next(at(0s)) == at(0s));
    pace.sent(at(0s));
  }
  CHECK(pace.next(at(0s)) == at(1s));
  pace.sent(at(1s));
  CHECK(pace.next(at(1s)) == at(2s));
  CHECK(pace.next(at(60s)) == at(60s));
  for (int sent = 0; sent < 5; ++sent) pace.sent(at(60s));
  CHECK(pace.next(at(60s)) == at(61s));
}

TEST_CASE("without a burst a pace lies between any two, however many went before") {
  Pace pace(1s, 5, at(0s));
  CHECK(pace.next_without_burst(at(0s)) == at(0s));
  for (int sent = 0; sent < 5; ++sent) pace.sent(at(0s));
  CHECK(pace.next_without_burst(at(0s)) == at(1s));
  pace.sent(at(1s));
  CHECK(pace.next_without_burst(at(1s)) == at(2s));
  CHECK(pace.next_without_burst(at(60s)) == at(60s));
}
