#include "daemon/disturbances.h"

#include <chrono>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "tests/fakes/simulated_network.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

class Bench {
 public:
  Bench() {
    config::Route route;
    route.name = "shop";
    route.url = Url::parse("https://shop.example.com/").value();
    route.timeout = 10s;
    route.tls.verify = false;
    route.expect.status.add(200, 299);
    target = TargetFactory().create(route).value();
  }

  void run(std::chrono::seconds time) {
    for (auto passed = 0ms; passed < time; passed += Disturbances::look_period) {
      network.run_for(Disturbances::look_period);
      disturbances.look(read_clocks(network.clock()));
    }
  }
  Result judged(Result result) {
    disturbances.judge(result, *target, read_clocks(network.clock()));
    return result;
  }
  Result judged(Outcome outcome, std::chrono::microseconds took) {
    Result result;
    result.outcome = outcome;
    result.detail = "it failed";
    result.timings[Phase::Wait] = took;
    return judged(std::move(result));
  }

  tests::SimulatedNetwork network;
  Disturbances disturbances{read_clocks(network.clock())};
  std::shared_ptr<const Target> target;
};

CertificateFacts certificate_around(Timestamp now) {
  CertificateFacts facts;
  facts.not_before = now - 30 * 24h;
  facts.not_after = now + 60 * 24h;
  return facts;
}

}  // namespace

TEST_CASE("without a disturbance a result is what it is") {
  Bench bench;
  bench.run(60s);
  CHECK(bench.judged(Outcome::Timeout, 10s).outcome == Outcome::Timeout);
  CHECK(bench.judged(Outcome::StatusMismatch, 1s).outcome == Outcome::StatusMismatch);
}

TEST_CASE("a time-out of a probe that we let wait is ours, one that began afterwards is not") {
  Bench bench;
  bench.run(5s);
  bench.network.stall(8s);
  SUBCASE("the result comes before the next look") {}
  SUBCASE("the result comes after it") {
    bench.run(2s);
  }
  const auto result = bench.judged(Outcome::Timeout, 10s);
  CHECK(result.outcome == Outcome::Vantage);
  CHECK(result.reason == "stalled");
  CHECK(result.detail ==
        "gatewatch stood still while it was probed; it ended as timeout: it failed");
  CHECK(bench.judged(Outcome::StatusMismatch, 10s).outcome == Outcome::StatusMismatch);
  bench.run(20s);
  CHECK(bench.judged(Outcome::Timeout, 10s).outcome == Outcome::Timeout);
}

TEST_CASE("a stall that is short against the timeout explains no time-out, but a slow answer") {
  Bench bench;
  bench.run(5s);
  bench.network.stall(1500ms);
  CHECK(bench.judged(Outcome::Timeout, 10s).outcome == Outcome::Timeout);
  CHECK(bench.judged(Outcome::Slow, 10s).reason == "stalled");
}

TEST_CASE("what a suspend cut off is ours") {
  Bench bench;
  bench.run(5s);
  bench.network.suspend(2h);
  CHECK(bench.judged(Outcome::ConnectionReset, 3s).reason == "suspended");
  CHECK(bench.judged(Outcome::StatusMismatch, 3s).outcome == Outcome::StatusMismatch);
  bench.run(10s);
  CHECK(bench.judged(Outcome::ConnectionReset, 3s).outcome == Outcome::ConnectionReset);
}

TEST_CASE("a certificate is out of date where the clock says so that was not set just now") {
  Bench bench;
  Result result;
  result.outcome = Outcome::TlsFailure;
  result.certificate = certificate_around(bench.network.clock().wall_now());
  for (const auto by : {10 * 365 * 24h, -10 * 365 * 24h}) {
    bench.network.jump_wall_clock(by);
    result.reason = by > 0h ? "expired" : "not_yet_valid";
    CHECK(bench.judged(result).reason == "clock_jump");
    bench.run(60s);
    CHECK(bench.judged(result).outcome == Outcome::Vantage);
    bench.network.jump_wall_clock(-by);
    CHECK(bench.judged(result).outcome == Outcome::TlsFailure);
  }
  result.reason = "untrusted";
  bench.network.jump_wall_clock(10 * 365 * 24h);
  CHECK(bench.judged(result).reason == "untrusted");
}

TEST_CASE("a warning that the clock alone gave is taken back") {
  Bench bench;
  Result result;
  result.certificate = certificate_around(bench.network.clock().wall_now());
  result.cert_expiring = true;
  CHECK(Disturbances::concern(result));
  bench.network.jump_wall_clock(55 * 24h);
  CHECK_FALSE(bench.judged(result).cert_expiring);
  bench.network.jump_wall_clock(-55 * 24h);
  bench.run(50s);
  result.certificate->not_after = bench.network.clock().wall_now() + 24h;
  bench.network.jump_wall_clock(2h);
  CHECK(bench.judged(result).cert_expiring);
}
