#include "config/units.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::config;
using namespace std::chrono_literals;

TEST_CASE("durations are read exactly, and written in their shortest form") {
  CHECK(parse_duration("250ms") == 250ms);
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("1.5h") == 90min);
  CHECK(parse_duration("14d") == 14 * 24h);
  CHECK(parse_duration("0s") == 0ms);
  CHECK(format_duration(90s) == "1m30s");
  CHECK(format_duration(14 * 24h) == "14d");
}

TEST_CASE("a duration without a unit, with a sign or out of range says what would be right") {
  for (const auto* const text :
       {"", "30", "-1s", "s", "1 s", "1s ", "1..5s", ".5s", "4000d", "1x"}) {
    CAPTURE(text);
    const auto duration = parse_duration(text);
    REQUIRE_FALSE(duration.has_value());
    CHECK(duration.error().message.find("like \"30s\"") != std::string::npos);
  }
}

TEST_CASE("sizes and rates") {
  CHECK(parse_size("64KiB") == 65536u);
  CHECK(parse_size("10GiB") == 10ULL << 30);
  CHECK(parse_size("1kB") == 1000u);
  CHECK_FALSE(parse_size("64").has_value());
  CHECK(parse_rate("5%") == doctest::Approx(0.05));
  CHECK(parse_rate("0.05") == doctest::Approx(0.05));
  CHECK_FALSE(parse_rate("101%").has_value());
  CHECK(format_size(65536) == "64KiB");
}
