#include "daemon/web/api_parameters.h"

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon::web;
using namespace std::chrono_literals;

TEST_CASE("times are read exactly") {
  const Timestamp noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + 12h;
  CHECK(parse_timestamp("2026-11-20T12:00:00Z") == noon);
  CHECK(parse_timestamp("2026-11-20t13:30:00+01:30") == noon);
  CHECK(parse_timestamp("2026-11-20T13:30:00 01:30") == noon);  // an unescaped '+'
  CHECK(parse_timestamp("2026-11-20T06:00:00-06:00") == noon);
  CHECK(parse_timestamp("2026-11-20T12:00:00.5Z") == noon + 500ms);
  CHECK(parse_timestamp("2026-11-20T12:00:00.000001Z") == noon + 1us);
  CHECK(parse_timestamp("1969-12-31T23:59:59Z") == Timestamp(-1s));
}

TEST_CASE("what is no time is none") {
  for (const auto* const text :
       {"", "now", "1700000000", "2026-11-20", "2026-11-20T12:00:00", "2026-11-20 12:00:00Z",
        "2026-02-30T12:00:00Z", "2026-13-01T12:00:00Z", "2026-11-20T24:00:00Z",
        "2026-11-20T12:60:00Z", "2026-11-20T12:00:00.Z", "2026-11-20T12:00:00.1234567Z",
        "2026-11-20T12:00:00+1:00", "2026-11-20T12:00:00Zx", "26-11-20T12:00:00Z",
        "2026-11-20T12:00:-1Z", "2026-11-20T12:00:00+99:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}

TEST_CASE("an exact time reads back as itself") {
  for (const auto time : {Timestamp(0us), Timestamp(1790000000123456us), Timestamp(-1us)}) {
    CHECK(parse_timestamp(exact_timestamp(time)) == time);
  }
}

TEST_CASE("a query of results") {
  const auto query = read_result_query({{"route", "shop/checkout"},
                                        {"from", "2026-11-20T12:00:00Z"},
                                        {"before", "2026-11-20T13:00:00Z"},
                                        {"limit", "999"}});
  REQUIRE(query);
  CHECK(query->route == "shop/checkout");
  CHECK(*query->before - *query->from == 1h);
  CHECK(query->limit == 999);
  CHECK(query->newest_first);
  CHECK(read_result_query({})->limit == 1000);
}

TEST_CASE("a query of incidents") {
  CHECK(read_incident_query({{"open", "true"}, {"limit", "5"}})->open_only);
  CHECK_FALSE(read_incident_query({{"open", "false"}})->open_only);
  CHECK_FALSE(read_incident_query({})->open_only);
}

TEST_CASE("a mistake says what would be right") {
  const auto message = [](const Parameters& given) {
    const auto query = read_result_query(given);
    return query ? "" : query.error().message;
  };
  for (const auto* const limit : {"0", "1001", "-1", "1.5", "", "x", "99999999999"}) {
    CAPTURE(limit);
    CHECK(message({{"limit", limit}}).find("from 1 to 1000") != std::string::npos);
  }
  CHECK(message({{"from", "yesterday"}}).find("2026-11-20T10:05:06Z") != std::string::npos);
  CHECK(message({{"before", "0"}}).find("before") != std::string::npos);
  CHECK(message({{"rout", "x"}}).find("route, from, before, limit") != std::string::npos);
  CHECK_FALSE(read_incident_query({{"open", "1"}}));
  CHECK_FALSE(read_incident_query({{"limit", "1001"}}));
  CHECK_FALSE(read_no_parameters({{"x", "1"}}));
  CHECK(read_no_parameters({}));
}
