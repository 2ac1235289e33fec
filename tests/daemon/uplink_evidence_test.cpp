#include "daemon/uplink_evidence.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

UplinkEvidence evidence(Outcome outcome, const std::string& reason = {}, int status = 0,
                        Phase phase = Phase::Connect) {
  Result result;
  result.outcome = outcome;
  result.reason = reason;
  result.status = status;
  result.last_phase = phase;
  return uplink_evidence(result);
}

}  // namespace

TEST_CASE("whatever came from the other side shows that the way is open") {
  CHECK(evidence(Outcome::Ok, "", 200) == UplinkEvidence::Reply);
  CHECK(evidence(Outcome::StatusMismatch, "", 502) == UplinkEvidence::Reply);
  CHECK(evidence(Outcome::ConnectRefused) == UplinkEvidence::Reply);
  CHECK(evidence(Outcome::EmptyReply) == UplinkEvidence::Reply);
  CHECK(evidence(Outcome::MalformedResponse) == UplinkEvidence::Reply);
  CHECK(evidence(Outcome::Timeout, "receive", 0, Phase::Receive) == UplinkEvidence::Reply);
  CHECK(evidence(Outcome::Timeout, "receive", 200, Phase::Receive) == UplinkEvidence::Reply);
  CHECK(evidence(Outcome::ProxyFailure, "authentication", 407) == UplinkEvidence::Reply);
}

TEST_CASE("where nothing came, the way may be closed") {
  CHECK(evidence(Outcome::DnsFailure, "timeout") == UplinkEvidence::Silence);
  CHECK(evidence(Outcome::DnsFailure, "servfail") == UplinkEvidence::Silence);
  CHECK(evidence(Outcome::ConnectTimeout) == UplinkEvidence::Silence);
  CHECK(evidence(Outcome::ConnectUnreachable) == UplinkEvidence::Silence);
  CHECK(evidence(Outcome::ConnectionReset, "tls") == UplinkEvidence::Silence);
  CHECK(evidence(Outcome::Timeout, "tls", 0, Phase::Tls) == UplinkEvidence::Silence);
  CHECK(evidence(Outcome::Timeout, "wait", 0, Phase::Wait) == UplinkEvidence::Silence);
  CHECK(evidence(Outcome::ProxyFailure, "timeout") == UplinkEvidence::Silence);
}

TEST_CASE("an answer of a name server, a certificate or a limit of ours says neither") {
  CHECK(evidence(Outcome::DnsFailure, "nxdomain") == UplinkEvidence::None);
  CHECK(evidence(Outcome::DnsFailure, "no_address") == UplinkEvidence::None);
  CHECK(evidence(Outcome::TlsFailure, "untrusted") == UplinkEvidence::None);
  CHECK(evidence(Outcome::TargetRefused) == UplinkEvidence::None);
  CHECK(evidence(Outcome::Vantage, "no_resources") == UplinkEvidence::OwnFault);
}

TEST_CASE("a hop that answered counts where the next one is silent") {
  Result result;
  result.outcome = Outcome::ConnectTimeout;
  result.redirects = 1;
  CHECK(uplink_evidence(result) == UplinkEvidence::Reply);
}

TEST_CASE("what is blamed on the uplink is ours, and still says how it failed") {
  Result result;
  result.outcome = Outcome::ConnectTimeout;
  result.detail = "192.0.2.1:80 did not answer in time";
  const auto blamed = blamed_on_uplink(result);
  CHECK(blamed.outcome == Outcome::Vantage);
  CHECK(blamed.reason == "uplink");
  CHECK(blamed.detail ==
        "most unrelated hosts fail at once; of this one, connect_timeout: 192.0.2.1:80 did not "
        "answer in time");
  CHECK_FALSE(blamed.is_failing());
}
