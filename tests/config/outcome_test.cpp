#include "config/outcome.h"

#include <set>

#include <doctest/doctest.h>

using namespace gatewatch;

TEST_CASE("the table has one row per outcome, in the order of the enumeration") {
  REQUIRE(outcome_table().size() == outcome_count);
  std::set<std::string_view> names;
  for (int index = 0; index < outcome_count; ++index) {
    const auto outcome = static_cast<Outcome>(index);
    const auto& row = outcome_row(outcome);
    CHECK(row.outcome == outcome);
    CHECK(outcome_named(row.name) == outcome);
    CHECK_FALSE(row.title.empty());
    names.insert(row.name);
  }
  CHECK(names.size() == outcome_count);
  CHECK_FALSE(outcome_named("down").has_value());
}

TEST_CASE("everything but ok and vantage is failing, and what is unreachable is failing") {
  for (const auto& row : outcome_table()) {
    CAPTURE(row.name);
    CHECK(row.failing == (row.outcome != Outcome::Ok && row.outcome != Outcome::Vantage));
    if (row.unreachable) CHECK(row.failing);
  }
}

TEST_CASE("phases have names in their order") {
  CHECK(phase_name(Phase::Dns) == "dns");
  CHECK(phase_name(Phase::Receive) == "receive");
}
