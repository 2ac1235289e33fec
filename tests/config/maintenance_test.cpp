#include "config/maintenance.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::config;
using namespace std::chrono_literals;

namespace {

Moment at(const std::string& text) {
  return parse_moment(text, nullptr).value();
}

Maintenance recurring(const std::string& calendar, Duration duration) {
  Maintenance maintenance{.name = "m", .scope = {.routes = {"*"}}};
  maintenance.zone = TimeZone::find("Europe/Berlin").value();
  maintenance.calendar = Calendar::parse(calendar).value();
  maintenance.duration = duration;
  return maintenance;
}

}  // namespace

TEST_CASE("a window that comes once is found until it is over") {
  const TimeSpan span{at("2026-11-20 22:00Z"), at("2026-11-20 23:00Z")};
  const Maintenance once{.name = "m", .scope = {.routes = {"*"}}, .once = span};
  CHECK(once.window(at("2026-01-01 00:00Z")) == span);
  CHECK(once.window(at("2026-11-20 22:59:59Z")) == span);
  CHECK_FALSE(once.window(at("2026-11-20 23:00Z")).has_value());
}

TEST_CASE("of a recurring window the one in force is found, else the next") {
  const auto nightly = recurring("*-*-* 23:00", 2h);
  const TimeSpan first{at("2026-11-20 22:00Z"), at("2026-11-21 00:00Z")};
  const TimeSpan second{at("2026-11-21 22:00Z"), at("2026-11-22 00:00Z")};
  CHECK(nightly.window(at("2026-11-20 12:00Z")) == first);
  CHECK(nightly.window(at("2026-11-20 22:00Z")) == first);
  CHECK(nightly.window(at("2026-11-20 23:59:59Z")) == first);
  CHECK(nightly.window(at("2026-11-21 00:00Z")) == second);
}

TEST_CASE("a window lasts as long as it says over a change of the clocks") {
  const auto nightly = recurring("*-*-* 01:30", 2h);
  CHECK(nightly.window(at("2026-03-29 00:00Z")) ==
        TimeSpan{at("2026-03-29 00:30Z"), at("2026-03-29 02:30Z")});
  CHECK(nightly.window(at("2026-10-25 00:00Z")) ==
        TimeSpan{at("2026-10-24 23:30Z"), at("2026-10-25 01:30Z")});
}

TEST_CASE("windows that overlap leave no gap") {
  const auto always = recurring("*-*-* *:00", 90min);
  for (auto moment = at("2026-10-24 20:00Z"); moment < at("2026-10-25 08:00Z"); moment += 5min) {
    const auto window = always.window(moment);
    REQUIRE(window.has_value());
    // Clocks are set back over an hour in which nothing begins: it is the end of the one before.
    const bool is_repeated = moment >= at("2026-10-25 01:30Z") && moment < at("2026-10-25 02:00Z");
    CHECK((window->starts <= moment) == !is_repeated);
  }
}
