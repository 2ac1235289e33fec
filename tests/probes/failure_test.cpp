#include "probes/failure.h"

#include <cerrno>
#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace std::chrono_literals;
using net::DnsStatus;
using net::IoStatus;

namespace {

const Endpoint endpoint = Endpoint::parse("192.0.2.1:443").value();

Proxy proxy() {
  return Proxy::parse(config::Secret("http://user:PASSWORD@proxy.example:3128")).value();
}

}  // namespace

TEST_CASE("names that are not resolved are the target's failure, a dead system resolver is ours") {
  const auto failure =
      resolution_failure({DnsStatus::NxDomain, {}, {}, "server 192.0.2.53"}, "a.b", "system");
  CHECK(failure.outcome == Outcome::DnsFailure);
  CHECK(failure.reason == "nxdomain");
  CHECK(failure.detail == "the name a.b was not resolved: nxdomain, server 192.0.2.53");
  const net::Resolution none{DnsStatus::NoResolver, {}, {}, {}};
  CHECK(resolution_failure(none, "a.b", "system").outcome == Outcome::Vantage);
  CHECK(resolution_failure(none, "a.b", "192.0.2.53:53").outcome == Outcome::DnsFailure);
}

TEST_CASE("each way a connect can fail has its outcome") {
  const auto outcome = [](IoStatus status) {
    return connect_failure({status, 0}, endpoint).outcome;
  };
  CHECK(outcome(IoStatus::Refused) == Outcome::ConnectRefused);
  CHECK(outcome(IoStatus::TimedOut) == Outcome::ConnectTimeout);
  CHECK(outcome(IoStatus::Unreachable) == Outcome::ConnectUnreachable);
  CHECK(outcome(IoStatus::Reset) == Outcome::ConnectionReset);
  CHECK(outcome(IoStatus::NoResources) == Outcome::Vantage);
  CHECK(outcome(IoStatus::NoRoute) == Outcome::Vantage);
  CHECK(outcome(IoStatus::Other) == Outcome::Vantage);
  CHECK(connect_failure({IoStatus::Refused, ECONNREFUSED}, endpoint).detail ==
        "192.0.2.1:443 refused the connection: Connection refused (111)");
}

TEST_CASE("our own faults say which") {
  CHECK(connect_failure({IoStatus::NoResources, EMFILE}, endpoint).reason == "no_resources");
  CHECK(connect_failure({IoStatus::NoRoute, ENETUNREACH}, endpoint).reason == "no_route");
  CHECK(connect_failure({IoStatus::Other, EACCES}, endpoint).reason == "not_permitted");
  CHECK(connect_failure({IoStatus::Other, EPERM}, endpoint).reason == "not_permitted");
  CHECK(connect_failure({IoStatus::Other, EINVAL}, endpoint).reason == "local_error");
  CHECK(connection_failure({IoStatus::NoResources, ENOMEM}, Phase::Wait).outcome ==
        Outcome::Vantage);
}

TEST_CASE("a connection that breaks names the phase") {
  const auto reset = connection_failure({IoStatus::Reset, ECONNRESET}, Phase::Receive);
  CHECK(reset.outcome == Outcome::ConnectionReset);
  CHECK(reset.reason == "receive");
  CHECK(reset.detail ==
        "the connection was reset while reading the answer: Connection reset by peer (104)");
  CHECK(connection_failure({IoStatus::TimedOut, 0}, Phase::Wait).outcome == Outcome::Timeout);
  CHECK(connection_failure({IoStatus::Unreachable, 0}, Phase::Wait).outcome ==
        Outcome::ConnectUnreachable);
}

TEST_CASE("the deadline's outcome depends on the phase that it interrupts") {
  CHECK(deadline_failure(Phase::Dns, 10s).outcome == Outcome::DnsFailure);
  CHECK(deadline_failure(Phase::Dns, 10s).reason == "timeout");
  CHECK(deadline_failure(Phase::Connect, 10s).outcome == Outcome::ConnectTimeout);
  for (const auto phase : {Phase::Tls, Phase::Send, Phase::Wait, Phase::Receive}) {
    const auto failure = deadline_failure(phase, 10s);
    CHECK(failure.outcome == Outcome::Timeout);
    CHECK(failure.reason == phase_name(phase));
  }
  CHECK(deadline_failure(Phase::Wait, 10s).detail ==
        "the deadline of 10s passed while waiting for the first byte of the answer");
}

TEST_CASE("a refused target is named as the address or the name that it is") {
  CHECK(target_refusal("127.0.0.2").detail ==
        "127.0.0.2 is not allowed as a target (daemon.targets)");
  CHECK(target_refusal("fe80::1").detail == "fe80::1 is not allowed as a target (daemon.targets)");
  CHECK(target_refusal("shop.example").detail ==
        "no address of shop.example is allowed as a target (daemon.targets)");
}

TEST_CASE("the proxy's failures name it without its credentials; our own stay our own") {
  const auto refused =
      proxy_failure(proxy(), connect_failure({IoStatus::Refused, ECONNREFUSED}, endpoint));
  CHECK(refused.outcome == Outcome::ProxyFailure);
  CHECK(refused.reason == "connect");
  CHECK(refused.detail.starts_with("the proxy proxy.example:3128 failed: 192.0.2.1:443 refused"));
  CHECK(refused.detail.find("PASSWORD") == std::string::npos);
  CHECK(proxy_failure(proxy(), deadline_failure(Phase::Connect, 1s)).reason == "timeout");
  const auto ours =
      proxy_failure(proxy(), connect_failure({IoStatus::NoResources, EMFILE}, endpoint));
  CHECK(ours.outcome == Outcome::Vantage);
}
