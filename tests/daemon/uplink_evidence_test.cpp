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
  CHECK(evidence(Outcome::ProxyFailure, "timeout") == UplinkEvidence::Silence);
}

TEST_CASE("a connection that stood, or a certificate that came, is no silence") {
  CHECK(evidence(Outcome::Timeout, "send", 0, Phase::Send) == UplinkEvidence::Contact);
  CHECK(evidence(Outcome::Timeout, "wait", 0, Phase::Wait) == UplinkEvidence::Contact);
  Result result;
  result.outcome = Outcome::Timeout;
  result.last_phase = Phase::Tls;
  result.certificate.emplace();
  CHECK(uplink_evidence(result) == UplinkEvidence::Contact);
  result.outcome = Outcome::ConnectionReset;
  CHECK(uplink_evidence(result) == UplinkEvidence::Contact);
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
