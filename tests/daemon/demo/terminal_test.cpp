#include "daemon/demo/terminal.h"

#include <chrono>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

TEST_CASE("a result is one line: when, what, status, how long, and what is wrong") {
  Result result;
  result.started = Timestamp{std::chrono::sys_days{std::chrono::year{2026} / 11 / 20} + 10h + 5min};
  result.route = "demo/route-1";
  result.status = 200;
  result.timings[Phase::Wait] = 1500us;
  CHECK(demo_line(result) == "10:05:00  demo/route-1             200       1.5 ms");
  result.status = 0;
  result.outcome = Outcome::ConnectRefused;
  result.kind = ProbeKind::Confirmation;
  CHECK(demo_line(result) ==
        "10:05:00  demo/route-1             ---       1.5 ms  Connection refused  (confirmation)");
}

TEST_CASE("a step of an incident stands out, without control codes") {
  storage::IncidentStep step;
  step.incident.id = 3;
  step.event.kind = "opened";
  step.event.text = "502 Bad Gateway on \x1b[31mdemo";
  const auto line = demo_line(step);
  CHECK(line.starts_with("00:00:00  ==== incident 3 opened: 502 Bad Gateway on "));
  CHECK(line.find('\x1b') == std::string::npos);
}
