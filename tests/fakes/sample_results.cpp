#include "tests/fakes/sample_results.h"

namespace gatewatch::tests {

using namespace std::chrono_literals;
using namespace std::string_literals;

Timestamp sample_time(std::int64_t seconds) {
  return Timestamp(std::chrono::microseconds(1'795'169'106'123'456)) +
         std::chrono::seconds(seconds);
}

Result sample_result(const std::string& route, Timestamp started) {
  Result result;
  result.started = started;
  result.route = route;
  result.region = "eu-west";
  result.status = 200;
  result.last_phase = Phase::Receive;
  result.timings[Phase::Dns] = 1'200us;
  result.timings[Phase::Wait] = 45'000us;
  result.body_size = 5'120;
  result.remote = Endpoint::parse("192.0.2.7:443");
  result.http_version = "1.1";
  return result;
}

Result sample_failure(const std::string& route, Timestamp started) {
  auto result = sample_result(route, started);
  result.region = "us-east";
  result.kind = ProbeKind::Confirmation;
  result.interval = 30s;
  result.outcome = Outcome::TlsFailure;
  result.reason = "expired";
  result.detail = "It's \"quoted\"; DROP TABLE results; -- \x1b[31m\xff\xfe"s + '\0' + "after";
  result.status = 502;
  result.last_phase = Phase::Tls;
  result.timings.phases = {1us, 22us, 333us, 4'444us, 55'555us, 3'600'000'000us};
  result.body_size = 1ULL << 40;
  result.redirects = 3;
  result.remote = Endpoint::parse("[2001:db8::1]:8443");
  result.tls_version = "TLSv1.3";
  result.tls_cipher = "TLS_AES_256_GCM_SHA384";
  result.certificate = CertificateFacts{sample_time(-86'400), sample_time(86'400), "CN=a\"b,O=\xc3",
                                        "CN=issuer", std::string(64, 'a')};
  result.cert_expiring = true;
  result.evidence = SharedEvidence(Evidence{
      .head = "HTTP/1.1 502 Bad Gateway\r\nServer: \x80nginx\r\n" + std::string(9'000, 'x'),
      .body = "<h1>\xff</h1>"s + '\0' + "after",
      .body_length = 1ULL << 33,
      .body_complete = true,
      .body_sha256 = std::string(64, 'b'),
      .body_hashed = 65'536,
      .resolver = "192.0.2.53:53",
      .chain_fingerprint = std::string(64, 'c'),
      .request_ids = {{"CF-Ray", "8a1b-AMS"}, {"Via", "1.1 \"varnish\""}}});
  result.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  return result;
}

std::vector<Result> without_evidence(std::vector<Result> results) {
  for (auto& result : results) result.evidence.reset();
  return results;
}

}  // namespace gatewatch::tests
