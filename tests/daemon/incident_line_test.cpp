#include "daemon/incident_line.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

storage::IncidentStep step_of(const std::string& severity, storage::IncidentState state) {
  storage::IncidentStep step;
  step.incident.id = 3;
  step.incident.rule = "bad-gateway";
  step.incident.severity = severity;
  step.incident.state = state;
  step.event.kind = state == storage::IncidentState::Open ? "opened" : "resolved";
  step.event.text = "502 Bad Gateway on shop";
  return step;
}

}  // namespace

TEST_CASE("an incident is as loud as it is severe, and its end is quiet") {
  using enum storage::IncidentState;
  CHECK(incident_line(step_of("critical", Open)).level == LogLevel::Error);
  CHECK(incident_line(step_of("warning", Open)).level == LogLevel::Warning);
  CHECK(incident_line(step_of("info", Open)).level == LogLevel::Info);
  CHECK(incident_line(step_of("critical", Resolved)).level == LogLevel::Info);
}

TEST_CASE("a step is one line that says which incident, what, how severe and why") {
  const auto line = incident_line(step_of("critical", storage::IncidentState::Open));
  CHECK(Log::line("incident", line.fields) ==
        "incident id=3 event=opened severity=critical rule=bad-gateway "
        "text=\"502 Bad Gateway on shop\"");
}
