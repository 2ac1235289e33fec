#include "daemon/few_counters.h"

#include <doctest/doctest.h>

using namespace gatewatch::daemon;

TEST_CASE("each key has its counter, and what comes beyond the limit is counted together") {
  FewCounters<int, 2> counters;
  for (const int key : {502, 200, 502, 404, 502, 500}) counters.add(key);
  REQUIRE(counters.all().size() == 2);
  CHECK(counters.all()[0].key == 502);
  CHECK(counters.all()[0].count == 3);
  CHECK(counters.all()[1].count == 1);
  CHECK(counters.others() == 2);
}
