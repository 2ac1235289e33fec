#include "config/time_zone.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::config;
using namespace std::chrono;

namespace {

LocalTime local(int year_number, unsigned month_number, unsigned day_number, int hour, int minute) {
  return local_days(year(year_number) / month(month_number) / day(day_number)) + hours(hour) +
         minutes(minute);
}

std::string utc(Moment moment) {
  return TimeZone().text(moment);
}

}  // namespace

TEST_CASE("a zone is found by its name in the database of the system, and by nothing else") {
  CHECK(TimeZone::find("Europe/Berlin").value().name() == "Europe/Berlin");
  CHECK(TimeZone::find("UTC").value() == TimeZone());
  for (const auto* const wrong :
       {"", "Europe/Berlim", "/etc/localtime", "localtime", "../../etc/passwd", "Europe Berlin"}) {
    CAPTURE(wrong);
    const auto zone = TimeZone::find(wrong);
    REQUIRE_FALSE(zone.has_value());
    CHECK(zone.error().message.ends_with("write one like \"Europe/Berlin\", or \"UTC\""));
  }
}

TEST_CASE("a time that clocks jump over comes with the jump, one that comes twice the first time") {
  const auto berlin = TimeZone::find("Europe/Berlin").value();
  CHECK(utc(berlin.first(local(2026, 1, 15, 12, 0))) == "2026-01-15 11:00 UTC");
  CHECK(utc(berlin.first(local(2026, 7, 15, 12, 0))) == "2026-07-15 10:00 UTC");
  CHECK(berlin.skips(local(2026, 3, 29, 2, 30)));
  CHECK(utc(berlin.first(local(2026, 3, 29, 2, 30))) == "2026-03-29 01:00 UTC");
  CHECK_FALSE(berlin.skips(local(2026, 10, 25, 2, 30)));
  CHECK(utc(berlin.first(local(2026, 10, 25, 2, 30))) == "2026-10-25 00:30 UTC");
  CHECK(berlin.text(berlin.first(local(2026, 10, 25, 2, 30))) == "2026-10-25 02:30 CEST");
}

TEST_CASE("rules of a zone go on after the last change that its file spells out") {
  const auto berlin = TimeZone::find("Europe/Berlin").value();
  CHECK(utc(berlin.first(local(2099, 7, 15, 12, 0))) == "2099-07-15 10:00 UTC");
}

TEST_CASE("a moment is read with its offset, or in the zone that is given") {
  const auto berlin = TimeZone::find("Europe/Berlin").value();
  CHECK(utc(parse_moment("2026-11-20T22:30:00Z", nullptr).value()) == "2026-11-20 22:30 UTC");
  CHECK(utc(parse_moment("2026-11-20 22:30Z", &berlin).value()) == "2026-11-20 22:30 UTC");
  CHECK(utc(parse_moment("2026-11-20T22:30:00+01:30", nullptr).value()) == "2026-11-20 21:00 UTC");
  CHECK(utc(parse_moment("2026-11-20T22:30:00-08:00", nullptr).value()) == "2026-11-21 06:30 UTC");
  CHECK(utc(parse_moment("2026-11-20 22:30", &berlin).value()) == "2026-11-20 21:30 UTC");
}

TEST_CASE("what is no moment is refused, and why") {
  const auto berlin = TimeZone::find("Europe/Berlin").value();
  for (const auto* const wrong :
       {"", "tomorrow", "2026-11-20", "2026-13-20 22:30", "2026-02-30 22:30", "2026-11-20 24:30",
        "2026-11-20 22:60", "2026-11-20 22:30:60", "2026-11-20 22:30 UTC", "2026-11-20 22:30Zx",
        "2026-11-20 22:30+0100", "2026-11-20  22:30", "26-11-20 22:30", "2026-11-20 22:30:1",
        "2026-11-20 -2:30"}) {
    CAPTURE(wrong);
    const auto moment = parse_moment(wrong, &berlin);
    REQUIRE_FALSE(moment.has_value());
    CHECK(moment.error().message.find("is no time: write one like") != std::string::npos);
  }
  CHECK(parse_moment("2026-11-20 22:30", nullptr).error().message ==
        "\"2026-11-20 22:30\" does not say where: add Z or an offset to it "
        "(\"2026-11-20 22:30Z\"), or `timezone`");
  CHECK(parse_moment("2026-03-29 02:30", &berlin).error().message ==
        "\"2026-03-29 02:30\" does not exist in Europe/Berlin: clocks jump over it");
}
