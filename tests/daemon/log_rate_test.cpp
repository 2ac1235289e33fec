#include "daemon/log_rate.h"

#include <chrono>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

TEST_CASE("a storm of one message is held to a burst and a pace, and its count is told") {
  LogRate rate;
  Instant now{1h};
  int admitted = 0;
  for (int line = 0; line < 1000; ++line) admitted += rate.admit("cannot write", now).admitted;
  CHECK(admitted == 20);
  CHECK(rate.admit("another message", now).admitted);
  now += 1s;
  const auto verdict = rate.admit("cannot write", now);
  CHECK(verdict.admitted);
  CHECK(verdict.suppressed == 980);
  CHECK(rate.admit("cannot write", now).suppressed == 0);
}
