#include "config/calendar.h"

#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch::config;
using namespace std::chrono_literals;

namespace {

Moment at(const std::string& text) {
  return parse_moment(text, nullptr).value();
}

// The next `count` starts from `from` on, in UTC.
std::vector<std::string> starts(const std::string& expression, const std::string& zone_name,
                                const std::string& from, int count) {
  const auto calendar = Calendar::parse(expression);
  REQUIRE_MESSAGE(calendar.has_value(), calendar.error().message);
  const auto zone = TimeZone::find(zone_name).value();
  std::vector<std::string> found;
  auto moment = at(from);
  for (int index = 0; index < count; ++index) {
    const auto next = calendar->next(moment, zone);
    if (!next) break;
    found.push_back(TimeZone().text(*next).substr(0, 16));
    moment = *next + 1s;
  }
  return found;
}

using Starts = std::vector<std::string>;

}  // namespace

TEST_CASE("every form of systemd's calendar expressions is read") {
  struct Form {
    const char* expression;
    Starts next;  // from Wednesday 2026-11-18 12:00:00 on
  };
  const std::vector<Form> forms = {
      {"Sun 02:00", {"2026-11-22 02:00", "2026-11-29 02:00"}},
      {"Sun *-*-* 02:00:00", {"2026-11-22 02:00", "2026-11-29 02:00"}},
      {"Mon..Fri 22:30",
       {"2026-11-18 22:30", "2026-11-19 22:30", "2026-11-20 22:30", "2026-11-23 22:30"}},
      {"Fri..Mon 22:30",
       {"2026-11-20 22:30", "2026-11-21 22:30", "2026-11-22 22:30", "2026-11-23 22:30",
        "2026-11-27 22:30"}},
      {"sat,THURSDAY 01:00", {"2026-11-19 01:00", "2026-11-21 01:00"}},
      {"*-*-01 03:00", {"2026-12-01 03:00", "2027-01-01 03:00"}},
      {"*-*~01 03:00", {"2026-11-30 03:00", "2026-12-31 03:00"}},
      {"*-02~01", {"2027-02-28 00:00", "2028-02-29 00:00"}},
      {"Mon *-05~07/1", {"2027-05-31 00:00", "2028-05-29 00:00"}},
      {"12-05 08:05", {"2026-12-05 08:05", "2027-12-05 08:05"}},
      {"2027..2028-06-01 00:00", {"2027-06-01 00:00", "2028-06-01 00:00"}},
      {"*-*-* 00/8:15", {"2026-11-18 16:15", "2026-11-19 00:15", "2026-11-19 08:15"}},
      {"*:5/20", {"2026-11-18 12:05", "2026-11-18 12:25", "2026-11-18 12:45", "2026-11-18 13:05"}},
      {"12:00..02",
       {"2026-11-18 12:00", "2026-11-18 12:01", "2026-11-18 12:02", "2026-11-19 12:00"}},
      {"Mon", {"2026-11-23 00:00"}},
      {"daily", {"2026-11-19 00:00", "2026-11-20 00:00"}},
      {"weekly", {"2026-11-23 00:00"}},
      {"Monthly", {"2026-12-01 00:00", "2027-01-01 00:00"}},
      {"quarterly", {"2027-01-01 00:00", "2027-04-01 00:00"}},
      {"semiannually", {"2027-01-01 00:00", "2027-07-01 00:00"}},
      {"yearly", {"2027-01-01 00:00", "2028-01-01 00:00"}},
      {"hourly", {"2026-11-18 12:00", "2026-11-18 13:00"}},
      {"2020-01-01", {}},
  };
  for (const auto& form : forms) {
    CAPTURE(std::string(form.expression));
    const auto count = std::max<std::size_t>(form.next.size(), 1);
    CHECK(starts(form.expression, "UTC", "2026-11-18 12:00Z", static_cast<int>(count)) ==
          form.next);
  }
}

TEST_CASE("what is no calendar expression is refused, and why") {
  struct Wrong {
    const char* expression;
    const char* why;
  };
  const std::vector<Wrong> all = {
      {"", "it is empty"},
      {"Sunn 02:00", "\"Sunn\" is no day of the week"},
      {"tomorrow", "\"tomorrow\" is no day of the week"},
      {"Sun 25:00", "the hour \"25\" is none"},
      {"Sun 02:60", "the minute \"60\" is none"},
      {"Sun 02:00:60", "the second \"60\" is none"},
      {"Sun 02:00:00.5", "the second \"00.5\" is none (whole ones alone)"},
      {"Sun 02:00 Europe/Berlin", "\"Europe/Berlin\" is too much: a time zone belongs into"},
      {"Sun 02:00 03:00", "\"03:00\" is too much"},
      {"02", "the date \"02\" is not of the form"},
      {"*-13-01", "the month \"13\" is none"},
      {"*-*-32", "the day \"32\" is none"},
      {"*-*-0", "the day \"0\" is none"},
      {"1969-01-01", "the year \"1969\" is none"},
      {"*-02-30", "no such day ever comes"},
      {"*~02-30", "is not of the form"},
      {"*-*-5..3", "the day \"5..3\" is none"},
      {"*-*-1/0", "the day \"1/0\" is none"},
      {"1:2:3:4", "is not of the form HOUR:MINUTE"},
      {"*:-5", "the minute \"-5\" is none"},
      {",", "the date \",\" is not of the form"},
  };
  for (const auto& wrong : all) {
    CAPTURE(std::string(wrong.expression));
    const auto calendar = Calendar::parse(wrong.expression);
    REQUIRE_FALSE(calendar.has_value());
    const auto& message = calendar.error().message;
    CAPTURE(message);
    CHECK(message.find(wrong.why) != std::string::npos);
    CHECK(message.find("write one like \"Sun 02:00\"") != std::string::npos);
  }
}

TEST_CASE("a start in the hour that does not exist comes when clocks jump over it") {
  CHECK(starts("*-*-* 02:30", "Europe/Berlin", "2026-03-28 00:00Z", 3) ==
        Starts{"2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"});
  // Midnight itself is jumped over.
  CHECK(starts("daily", "Asia/Beirut", "2026-03-28 00:00Z", 2) ==
        Starts{"2026-03-28 22:00", "2026-03-29 21:00"});
  // Two that fall together are one.
  CHECK(starts("Sun 02:00,30", "Europe/Berlin", "2026-03-29 00:00Z", 2) ==
        Starts{"2026-03-29 01:00", "2026-04-05 00:00"});
}

TEST_CASE("a start in the hour that comes twice comes the first time alone") {
  CHECK(starts("*-*-* 02:30", "Europe/Berlin", "2026-10-24 00:00Z", 3) ==
        Starts{"2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"});
  // Asked between the two, it is the next day.
  CHECK(starts("*-*-* 02:30", "Europe/Berlin", "2026-10-25 01:00Z", 1) ==
        Starts{"2026-10-26 01:30"});
  CHECK(starts("*-*-* 23:30", "Asia/Beirut", "2026-10-24 12:00Z", 2) ==
        Starts{"2026-10-24 20:30", "2026-10-25 21:30"});
}

TEST_CASE("the next start is the earliest moment that the expression means, whenever it is asked") {
  const std::array<const char*, 4> expressions = {"*-*-* 02:30", "Sun 01:00..05/20",
                                                  "*-*-* *:17:40", "*-03,10-* 00/3:00"};
  const auto zone = TimeZone::find("Europe/Berlin").value();
  std::mt19937_64 random(20'261'121);
  for (const auto* const expression : expressions) {
    const auto calendar = Calendar::parse(expression).value();
    for (int turn = 0; turn < 200; ++turn) {
      const auto base = at(turn % 2 == 0 ? "2026-03-27 00:00Z" : "2026-10-23 00:00Z");
      const auto from = base + std::chrono::seconds(random() % (4 * 86'400));
      CAPTURE(expression);
      CAPTURE(TimeZone().text(from));
      const auto next = calendar.next(from, zone);
      REQUIRE(next.has_value());
      CHECK(*next >= from);
      // Asked from anywhere between, it is the same.
      const auto between = from + (*next - from) / 2;
      CHECK(calendar.next(between, zone) == next);
      CHECK(calendar.next(*next, zone) == next);
    }
  }
}
