#include "probes/result_json.h"

#include <chrono>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace gatewatch;
using namespace std::chrono_literals;

namespace {

Result sample() {
  Result result;
  result.started = Timestamp(1795169106123456us);
  result.route = "shop/checkout";
  result.region = "eu-west";
  result.kind = ProbeKind::Confirmation;
  result.outcome = Outcome::StatusMismatch;
  result.reason = "status";
  result.detail = "the status is 502";
  result.status = 502;
  result.last_phase = Phase::Receive;
  result.timings[Phase::Dns] = 1ms;
  result.timings[Phase::Wait] = 30ms;
  result.body_size = 157;
  result.redirects = 1;
  result.remote = Endpoint::parse("192.0.2.1:443");
  result.resolved = ResolvedAddresses(
      {IpAddress::parse("2001:db8::1").value(), IpAddress::parse("192.0.2.1").value()});
  result.addresses_changed = true;
  result.broken_family = IpFamily::V6;
  result.http_version = "1.1";
  result.tls_version = "TLSv1.3";
  result.tls_cipher = "TLS_AES_256_GCM_SHA384";
  result.certificate =
      CertificateFacts{Timestamp(0us), Timestamp(86400s), "CN=shop", "CN=ca", "ab"};
  result.response_head = "HTTP/1.1 502 Bad Gateway\r\n";
  result.trace_id = "0af7651916cd43dd8448eb211c80319c";
  return result;
}

}  // namespace

TEST_CASE("a result's JSON names the phases, the outcome and the peer") {
  const auto json = to_json(sample());
  CHECK(json["started"] == "2026-11-20T10:05:06.123Z");
  CHECK(json["route"] == "shop/checkout");
  CHECK(json["kind"] == "confirmation");
  CHECK(json["outcome"] == "status_mismatch");
  CHECK(json["failing"] == true);
  CHECK(json["status"] == 502);
  CHECK(json["last_phase"] == "receive");
  CHECK(json["duration_us"] == 31000);
  CHECK(json["phases_us"]["dns"] == 1000);
  CHECK(json["phases_us"]["wait"] == 30000);
  CHECK(json["phases_us"].size() == phase_count);
  CHECK(json["remote"] == "192.0.2.1:443");
  CHECK(json["resolved"] == nlohmann::json({"192.0.2.1", "2001:db8::1"}));
  CHECK(json["addresses_changed"] == true);
  CHECK(json["broken_family"] == "v6");
  CHECK(json["tls"]["version"] == "TLSv1.3");
  CHECK(json["response_head"] == "HTTP/1.1 502 Bad Gateway\n");
  CHECK(json["certificate"]["not_after"] == "1970-01-02T00:00:00.000Z");
}

TEST_CASE("what is not known is null") {
  const auto json = to_json(Result{});
  CHECK(json["remote"].is_null());
  CHECK(json["resolved"].empty());
  CHECK(json["broken_family"].is_null());
  CHECK(json["tls"].is_null());
  CHECK(json["certificate"].is_null());
  CHECK(json["failing"] == false);
}

TEST_CASE("hostile bytes never make the JSON invalid") {
  auto result = sample();
  result.detail = "\xFF\x1B[31m";
  result.response_head = "HTTP/1.1 500 \xC3\r\nX: \x9B\r\n";
  result.certificate->subject = "CN=\xFE";
  const auto text = to_json(result).dump();
  CHECK(nlohmann::json::accept(text));
  CHECK(text.find('\x1B') == std::string::npos);
}

TEST_CASE("timestamps before the epoch and far ahead have their date") {
  CHECK(format_timestamp(Timestamp(-1us)) == "1969-12-31T23:59:59.999Z");
  CHECK(format_timestamp(Timestamp(253402300799s)) == "9999-12-31T23:59:59.000Z");
}
