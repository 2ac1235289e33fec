#include "daemon/self_report.h"

#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch::daemon;

using Lines = std::vector<SelfReport::Line>;

TEST_CASE("a trouble is told when it begins, when it changes and when it is over") {
  SelfReport report;
  OwnState state;
  CHECK(report.look(state).empty());
  state.recorder.last_error = "disk full";
  CHECK(report.look(state) == Lines{{true, "storage", "disk full"}});
  CHECK(report.look(state).empty());
  state.recorder.last_error.clear();
  CHECK(report.look(state) == Lines{{false, "storage", "works again"}});
}

TEST_CASE("losses are told with their number, once") {
  SelfReport report;
  OwnState state;
  state.recorder.dropped_results = 3;
  state.lost_results = 2;
  REQUIRE(report.look(state).size() == 1);
  CHECK(report.look(state).empty());
  state.lost_results = 4;
  CHECK(report.look(state) ==
        Lines{{true, "results dropped", "2 results not stored for want of room in the queue"}});
}

TEST_CASE("evidence that was dropped, and a log that no longer shrinks") {
  SelfReport report;
  OwnState state;
  state.recorder.dropped_evidence = 1;
  CHECK(report.look(state) ==
        Lines{{true, "evidence dropped",
               "1 result stored without evidence for want of room in the queue"}});
  state.recorder.sizes.log = 300 << 20;
  REQUIRE(report.look(state).size() == 1);
  CHECK(report.look(state).empty());
  state.recorder.sizes.log = 0;
  CHECK(report.look(state) == Lines{{false, "write-ahead log", "works again"}});
}

TEST_CASE("each channel's trouble is its own, and a notification given up is never silent") {
  SelfReport report;
  OwnState state;
  state.channels["ops"].last_error = "HTTP 500";
  state.channels["mail"] = {};
  CHECK(report.look(state) == Lines{{true, "channel ops", "HTTP 500"}});
  state.channels["mail"].given_up = 1;
  CHECK(report.look(state) ==
        Lines{{true, "notifications given up", "1 notification will not be delivered"}});
}
