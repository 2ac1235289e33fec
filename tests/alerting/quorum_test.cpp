#include "alerting/quorum.h"

#include <initializer_list>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::alerting;
using Kind = config::Quorum::Kind;

TEST_CASE("a quorum is asked of the regions that report") {
  struct Row {
    config::Quorum quorum;
    int reporting;
    int least;  // breaching regions that suffice
  };
  for (const auto& [quorum, reporting, least] :
       {Row{{Kind::Any}, 1, 1}, Row{{Kind::Any}, 5, 1}, Row{{Kind::Majority}, 1, 1},
        Row{{Kind::Majority}, 2, 2}, Row{{Kind::Majority}, 3, 2}, Row{{Kind::Majority}, 4, 3},
        Row{{Kind::Majority}, 5, 3}, Row{{Kind::All}, 1, 1}, Row{{Kind::All}, 3, 3},
        Row{{Kind::Count, 2}, 2, 2}, Row{{Kind::Count, 2}, 5, 2}, Row{{Kind::Count, 0}, 5, 1}}) {
    CAPTURE(static_cast<int>(quorum.kind));
    CAPTURE(reporting);
    CHECK(ask_quorum(quorum, reporting, least) == QuorumVerdict::Reached);
    CHECK(ask_quorum(quorum, reporting, least - 1) == QuorumVerdict::TooFew);
  }
}

TEST_CASE("a number of regions that do not report is not reached") {
  CHECK(ask_quorum({Kind::Count, 3}, 2, 2) == QuorumVerdict::TooFew);
}

TEST_CASE("where no region reports nothing is known") {
  for (const auto kind : {Kind::Any, Kind::Majority, Kind::All, Kind::Count}) {
    CHECK(ask_quorum({kind, 1}, 0, 0) == QuorumVerdict::Unknown);
  }
}
