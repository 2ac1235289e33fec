#include "daemon/commands/silence_lines.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace gatewatch::daemon;
using nlohmann::json;

namespace {

const json answer = json::parse(R"({
  "silences": [
    {"id": 3, "routes": ["shop/*"], "tags": {"team": "payments"}, "rules": ["down"], "regions": [],
     "starts": "2026-11-20T10:00:00.000Z", "ends": "2026-11-20T12:00:00.000Z", "state": "active",
     "comment": "deploy", "author": "ann"},
    {"id": 2, "routes": ["*"], "tags": {}, "rules": [], "regions": ["eu"],
     "starts": "2026-11-19T10:00:00.000Z", "ends": "2026-11-19T12:00:00.000Z", "state": "over",
     "comment": "", "author": ""}],
  "configured": [
    {"name": "quiet", "routes": ["blog"], "tags": {}, "rules": [], "regions": [], "starts": null,
     "ends": null, "state": "active", "comment": ""}],
  "maintenance": [
    {"name": "nightly", "routes": ["shop/db"], "tags": {}, "starts": "2026-11-21T01:00:00.000Z",
     "ends": "2026-11-21T03:00:00.000Z", "state": "pending"}]})");

}  // namespace

TEST_CASE("what is silenced, and what will be, is listed with its number or name") {
  CHECK(silence_lines(answer, false) ==
        "silence 3  active   2026-11-20T10:00:00.000Z to 2026-11-20T12:00:00.000Z  "
        "routes shop/*, tag team=payments, rules down: deploy (ann)\n"
        "configured silence quiet  active   always to no end  routes blog\n"
        "maintenance nightly  pending  2026-11-21T01:00:00.000Z to 2026-11-21T03:00:00.000Z  "
        "routes shop/db\n");
  CHECK(silence_lines(answer, true).find("silence 2  over ") != std::string::npos);
  CHECK(silence_lines(json::object(), false) == "nothing is silenced\n");
}

TEST_CASE("a silence that covers nothing says so when it is made") {
  json made = {
      {"id", 4}, {"ends", "2026-11-20T12:00:00.000Z"}, {"covered_routes", 1}, {"warning", ""}};
  CHECK(made_silence_lines(made) == "silence 4 until 2026-11-20T12:00:00.000Z, over 1 route\n");
  made["covered_routes"] = 0;
  made["warning"] = "It covers no route of the configuration.";
  CHECK(made_silence_lines(made) ==
        "silence 4 until 2026-11-20T12:00:00.000Z, over 0 routes\n"
        "warning: It covers no route of the configuration.\n");
}
