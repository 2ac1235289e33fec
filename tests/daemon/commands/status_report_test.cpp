#include "daemon/commands/status_report.h"

#include <algorithm>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using nlohmann::json;

namespace {

json check(const std::string& name, bool ok, const std::string& detail = "") {
  return {{"name", name}, {"ok", ok}, {"detail", detail}};
}

json route(const std::string& id, const std::string& outcome, int status) {
  return {{"id", id},
          {"last_results", {{{"region", "eu"}, {"outcome", outcome}, {"status", status}}}}};
}

json incident(const std::string& severity) {
  return {{"id", 7},
          {"severity", severity},
          {"since", "2026-11-20T09:48:00.000Z"},
          {"resolved", nullptr},
          {"events", {{{"kind", "opened"}, {"text", "It began."}}}}};
}

StatusAnswers fine() {
  return {.address = "http://127.0.0.1:9502",
          .checks = {check("storage", true), check("channel ops", true)},
          .regions = {{{"name", "eu"}, {"detail", ""}}},
          .routes = {route("shop/a", "ok", 200), route("shop/b", "vantage", 0)},
          .incidents = json::array()};
}

const Timestamp now =
    Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)) + std::chrono::hours(10);

}  // namespace

TEST_CASE("where all is well, little is said") {
  const auto answers = fine();
  CHECK(status_exit_code(answers) == 0);
  CHECK(status_text(answers, now) ==
        "OK: gatewatch on http://127.0.0.1:9502, 0 incidents open\n"
        "incidents  0 open\n"
        "routes     2, 0 failing\n"
        "region     eu\n"
        "gatewatch  storage, channels and probing are fine\n");
}

TEST_CASE("an incident that is open is named, with the routes that fail") {
  auto answers = fine();
  answers.incidents = {incident("critical")};
  answers.routes.push_back(route("shop/c", "status_mismatch", 502));
  answers.routes.push_back(route("shop/d", "timeout", 0));
  CHECK(status_exit_code(answers) == 2);
  const auto text = status_text(answers, now);
  CHECK(text.starts_with("CRITICAL: gatewatch on http://127.0.0.1:9502, 1 incident open\n"));
  CHECK(text.find("     7  critical  open for 12m") != std::string::npos);
  CHECK(text.find("routes     4, 2 failing: shop/c (502), shop/d (timeout)\n") !=
        std::string::npos);
  const auto object = status_json(answers);
  CHECK(object["state"] == "CRITICAL");
  CHECK(object["failing"].size() == 2);
}

TEST_CASE(
    "a warning, a channel that fails and a full disk are warnings; what is mere news is not") {
  auto answers = fine();
  answers.incidents = {incident("info")};
  CHECK(status_exit_code(answers) == 0);
  answers.incidents = {incident("warning")};
  CHECK(status_exit_code(answers) == 1);
  answers.incidents = json::array();
  answers.checks.push_back(check("channel pager", false, "1 undelivered; HTTP 404"));
  CHECK(status_exit_code(answers) == 1);
  CHECK(status_text(answers, now).find("trouble    channel pager: 1 undelivered; HTTP 404\n") !=
        std::string::npos);
}

TEST_CASE("a hundred failures fit one screen") {
  auto answers = fine();
  for (int i = 0; i < 100; ++i) {
    answers.routes.push_back(route("r" + std::to_string(i), "timeout", 0));
    answers.incidents.push_back(incident("critical"));
  }
  const auto text = status_text(answers, now);
  CHECK(text.find(" and 90 more\n") != std::string::npos);
  CHECK(text.find("and 90 more: gatewatch incidents --open") != std::string::npos);
  CHECK(std::ranges::count(text, '\n') < 20);
}
