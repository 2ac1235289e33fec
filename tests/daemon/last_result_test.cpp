#include "daemon/last_result.h"

#include <chrono>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

Result failed() {
  Result result;
  result.started = Timestamp(1'790'000'000'123'456us);
  result.route = "shop/checkout";
  result.region = "eu";
  result.kind = ProbeKind::Confirmation;
  result.outcome = Outcome::TlsFailure;
  result.reason = "expired";
  result.detail = "The certificate has expired.";
  result.status = 502;
  result.last_phase = Phase::Tls;
  result.timings[Phase::Dns] = 3us;
  result.timings[Phase::Receive] = 59min;
  result.body_size = 1ULL << 40;
  result.redirects = 10;
  result.remote = Endpoint::parse("[2001:db8::1]:443");
  result.http_version = "1.1";
  result.tls_version = "TLSv1.3";
  result.tls_cipher = "TLS_AES_256_GCM_SHA384";
  result.certificate = CertificateFacts{{}, result.started, "CN=shop", "CN=ca", "00ff"};
  result.cert_expiring = true;
  result.response_head = "HTTP/1.1 502 Bad Gateway\r\n";
  result.trace_id = "0123456789abcdef0123456789abcdef";
  return result;
}

}  // namespace

TEST_CASE("a result comes out as it went in") {
  const auto result = failed();
  CHECK(LastResult(result).unpack(result.route, result.region) == result);
  CHECK(LastResult(Result{}).unpack({}, {}) == Result{});
}

TEST_CASE("a phase of days is cut, not wrapped") {
  auto result = failed();
  result.timings[Phase::Wait] = 72h;
  CHECK(LastResult(result).unpack({}, {}).timings[Phase::Wait] == 1h);
}
