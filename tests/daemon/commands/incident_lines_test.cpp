#include "daemon/commands/incident_lines.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace gatewatch;
using namespace gatewatch::daemon;
using nlohmann::json;

namespace {

const Timestamp now =
    Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)) + std::chrono::hours(10);

json event(const std::string& kind, const std::string& text) {
  return {{"kind", kind}, {"text", text}};
}

json incident() {
  return {{"id", 7},
          {"severity", "critical"},
          {"since", "2026-11-20T09:48:00.000Z"},
          {"resolved", nullptr},
          {"acknowledged_by", ""},
          {"held_by", ""},
          {"events", {event("opened", "502 Bad Gateway on shop/checkout: 5 of 5 probes.")}}};
}

}  // namespace

TEST_CASE("an open incident says for how long, how bad, and who takes care of it") {
  auto open = incident();
  CHECK(incident_summary(open, now) ==
        "   7  critical  open for 12m       502 Bad Gateway on shop/checkout: 5 of 5 probes.");
  open["acknowledged_by"] = "ann";
  open["held_by"] = "silence 3";
  open["events"].push_back(event("acknowledged", "Acknowledged by ann."));
  CHECK(incident_summary(open, now) ==
        "   7  critical  open for 12m       502 Bad Gateway on shop/checkout: 5 of 5 probes. "
        "[acknowledged by ann] [held back: silence 3]");
}

TEST_CASE("a resolved incident says how long it lasted") {
  auto over = incident();
  over["resolved"] = "2026-11-20T09:49:01.500Z";
  over["events"].push_back(event("resolved", "Resolved after 61s: 5 of 7 probes failed."));
  CHECK(incident_summary(over, now) ==
        "   7  critical  lasted   1m1s      Resolved after 61s: 5 of 7 probes failed.");
}

TEST_CASE("one line each, or that there is none") {
  CHECK(incident_lines(json::array(), now) == "no incident\n");
  const auto lines = incident_lines({incident(), incident()}, now);
  CHECK(std::ranges::count(lines, '\n') == 2);
}
