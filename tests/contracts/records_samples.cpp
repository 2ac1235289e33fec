#include "tests/contracts/records_samples.h"

#include <fmt/format.h>

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
  result.response_head =
      "HTTP/1.1 502 Bad Gateway\r\nServer: \x80nginx\r\n" + std::string(9'000, 'x');
  result.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  return result;
}

storage::IncidentStep sample_step(std::int64_t incident, std::int64_t sequence) {
  const auto probes = static_cast<std::uint64_t>(10 * sequence);
  storage::IncidentStep step;
  step.incident = {
      .id = incident,
      .rule = "bad-gateway",
      .gateway = "https://shop.example.com:443",
      .severity = "critical",
      .since = sample_time(-5),
      .opened = sample_time(),
      .last_event = sequence,
      .routes = {
          {"shop/checkout", sample_time(-5), true, probes, probes - 3, {"eu-west", "us \"east\""}},
          {"shop/cart", sample_time(-2), false, 4, 2, {}}}};
  step.event = {incident, sequence, sample_time(sequence), sequence == 1 ? "opened" : "worsened",
                "502 Bad Gateway on shop/checkout and 1 more route"};
  step.deliveries = {{.key = fmt::format("{}/{}/ops", incident, sequence),
                      .incident = incident,
                      .sequence = sequence,
                      .channel = "ops",
                      .notification = R"({"kind":"opened"})",
                      .created = sample_time(sequence),
                      .next_attempt = sample_time(sequence)}};
  return step;
}

}  // namespace gatewatch::tests
