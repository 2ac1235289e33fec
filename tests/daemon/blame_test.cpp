#include "daemon/blame.h"

#include <doctest/doctest.h>

using namespace gatewatch;

TEST_CASE("a result that is ours fails no more, warns of nothing, and still says how it ended") {
  Result result;
  result.outcome = Outcome::ConnectTimeout;
  result.detail = "192.0.2.1:80 did not answer in time";
  result.cert_expiring = true;
  daemon::blame_ourselves(result, "uplink", "most unrelated hosts are silent at once");
  CHECK(result.outcome == Outcome::Vantage);
  CHECK(result.reason == "uplink");
  CHECK(result.detail ==
        "most unrelated hosts are silent at once; it ended as connect_timeout: 192.0.2.1:80 did "
        "not answer in time");
  CHECK_FALSE(result.is_failing());
  CHECK_FALSE(result.cert_expiring);
}
