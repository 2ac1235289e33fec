#include "daemon/uplink_evidence.h"

#include <string_view>

namespace gatewatch::daemon {
namespace {

using enum UplinkEvidence;

// NXDOMAIN and a name without addresses are answers, of which nobody knows from how far.
UplinkEvidence of_dns(std::string_view reason) {
  return reason == "nxdomain" || reason == "no_address" || reason == "malformed" ? None : Silence;
}

UplinkEvidence of_proxy(std::string_view reason) {
  const bool is_silent =
      reason == "dns" || reason == "timeout" || reason == "closed" || reason == "connect";
  return is_silent ? Silence : Reply;
}

// A connection that stands, or the server's certificate, came from afar.
UplinkEvidence of_timeout(const Result& result) {
  if (result.last_phase == Phase::Receive) return Reply;
  return result.last_phase > Phase::Tls || result.certificate ? Contact : Silence;
}

}  // namespace

UplinkEvidence uplink_evidence(const Result& result) {
  if (result.outcome == Outcome::Ok) return Reply;  // nearly all of them
  if (result.kind == ProbeKind::Manual || result.outcome == Outcome::TargetRefused) return None;
  if (result.outcome == Outcome::Vantage) return OwnFault;
  if (result.status != 0 || result.redirects > 0) return Reply;
  switch (result.outcome) {
    case Outcome::DnsFailure:
      return of_dns(result.reason);
    case Outcome::ProxyFailure:
      return of_proxy(result.reason);
    case Outcome::ConnectTimeout:
    case Outcome::ConnectUnreachable:
    case Outcome::ConnectionReset:
      return result.certificate ? Contact : Silence;
    case Outcome::Timeout:
      return of_timeout(result);
    case Outcome::TlsFailure:
      return None;  // whoever it was that answered
    default:
      return Reply;
  }
}

}  // namespace gatewatch::daemon
