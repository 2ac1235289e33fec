#include "config/hold_reader.h"

#include <doctest/doctest.h>

#include "tests/config/good_files.h"

using namespace gatewatch::config;
using namespace std::chrono_literals;

namespace {

Config with(const std::string& sections) {
  return loaded(
      "[[route]]\nname = \"a\"\ngroup = \"shop\"\nurl = \"https://a.example.com/\"\n"
      "tags = { team = \"payments\" }\n" +
      sections);
}

Moment at(const std::string& text) {
  return parse_moment(text, nullptr).value();
}

}  // namespace

TEST_CASE("a silence is read as it is written") {
  const auto config = with(R"(
[[silence]]
name = "deploy"
routes = ["shop/*"]
tags = { team = "payments" }
rules = ["down", "blind"]
regions = ["eu-*"]
timezone = "Europe/Berlin"
starts = 2026-11-20T22:30:00
ends = "2026-11-21T00:00:00Z"
comment = "the new database"
[[silence]]
name = "quiet"
routes = ["*"]
)");
  REQUIRE(config.silences.size() == 2);
  const auto& silence = config.silences.front();
  CHECK(silence.name == "deploy");
  CHECK(silence.scope == Scope{.routes = {"shop/*"},
                               .tags = {{"team", "payments"}},
                               .rules = {"down", "blind"},
                               .regions = {"eu-*"}});
  CHECK(silence.starts == at("2026-11-20 21:30Z"));
  CHECK(silence.ends == at("2026-11-21 00:00Z"));
  CHECK(silence.comment == "the new database");
  CHECK_FALSE(config.silences.back().starts.has_value());
  CHECK_FALSE(config.silences.back().ends.has_value());
}

TEST_CASE("a maintenance window comes once, or by a calendar") {
  const auto config = with(R"(
[[maintenance]]
name = "move"
routes = ["shop/a"]
starts = 2026-11-20T22:30:00+01:00
ends = 2026-11-20T22:30:00Z
[[maintenance]]
name = "nightly"
tags = { team = "payments" }
calendar = "Sun 02:00"
duration = "2h"
timezone = "Europe/Berlin"
)");
  REQUIRE(config.maintenances.size() == 2);
  const auto& move = config.maintenances.front();
  CHECK(move.once == TimeSpan{at("2026-11-20 21:30Z"), at("2026-11-20 22:30Z")});
  CHECK_FALSE(move.calendar.has_value());
  const auto& nightly = config.maintenances.back();
  CHECK(nightly.calendar == Calendar::parse("Sun 02:00").value());
  CHECK(nightly.zone.name() == "Europe/Berlin");
  CHECK(nightly.duration == 2h);
  CHECK(nightly.scope.tags.at("team") == "payments");
}

TEST_CASE("windows that touch each other would never end") {
  const auto mistake_of = [](const std::string& calendar, const std::string& duration) {
    const auto result = load_text(
        "[[route]]\nname = \"a\"\nurl = \"https://a.example/\"\n[[maintenance]]\n"
        "name = \"for-ever\"\nroutes = [\"*\"]\ntimezone = \"UTC\"\ncalendar = \"" +
            calendar + "\"\nduration = \"" + duration + "\"\n",
        "test.toml", test_environment);
    return result ? std::string() : result.error().front().text();
  };
  CHECK(mistake_of("hourly", "59m").empty());
  CHECK(mistake_of("Mon..Fri 22:30", "26h").empty());
  CHECK(mistake_of("2027-01-01 00:00", "24h").empty());
  for (const auto& [calendar, duration] :
       {std::pair("hourly", "1h"), {"hourly", "2h"}, {"daily", "24h"}}) {
    CAPTURE(calendar);
    CHECK(mistake_of(calendar, duration).find("it never ends") != std::string::npos);
  }
}
