#include "probes/result_json.h"

#include <chrono>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/fakes/sample_results.h"

using namespace gatewatch;
using namespace std::chrono_literals;

namespace {

Result sample() {
  auto result = tests::sample_failure("shop/checkout", Timestamp(1795169106123456us));
  result.resolved = ResolvedAddresses(
      {IpAddress::parse("2001:db8::1").value(), IpAddress::parse("192.0.2.1").value()});
  result.addresses_changed = true;
  result.broken_family = IpFamily::V6;
  result.evidence = SharedEvidence(Evidence{.head = "HTTP/1.1 502 Bad Gateway\r\n"});
  return result;
}

}  // namespace

TEST_CASE("a result's JSON names the phases, the outcome and the peer") {
  const auto json = to_json(sample());
  CHECK(json["started"] == "2026-11-20T10:05:06.123Z");
  CHECK(json["route"] == "shop/checkout");
  CHECK(json["kind"] == "confirmation");
  CHECK(json["outcome"] == "tls_failure");
  CHECK(json["failing"] == true);
  CHECK(json["status"] == 502);
  CHECK(json["last_phase"] == "tls");
  CHECK(json["duration_us"] == 3600060355);
  CHECK(json["phases_us"]["dns"] == 1);
  CHECK(json["phases_us"]["wait"] == 55555);
  CHECK(json["phases_us"].size() == phase_count);
  CHECK(json["remote"] == "[2001:db8::1]:8443");
  CHECK(json["resolved"] == nlohmann::json({"192.0.2.1", "2001:db8::1"}));
  CHECK(json["addresses_changed"] == true);
  CHECK(json["broken_family"] == "v6");
  CHECK(json["tls"]["version"] == "TLSv1.3");
  CHECK(json["evidence"]["head"] == "HTTP/1.1 502 Bad Gateway\n");
  CHECK(json["certificate"]["not_after"] == "2026-11-21T10:05:06.123Z");
}

TEST_CASE("what is not known is null") {
  const auto json = to_json(Result{});
  CHECK(json["remote"].is_null());
  CHECK(json["resolved"].empty());
  CHECK(json["broken_family"].is_null());
  CHECK(json["tls"].is_null());
  CHECK(json["certificate"].is_null());
  CHECK(json["evidence"].is_null());
  CHECK(json["failing"] == false);
}

TEST_CASE("a body is shown as text, and in base64 where that is not all of it") {
  auto result = sample();
  result.evidence = SharedEvidence(Evidence{.body = "plain\n",
                                            .body_length = 9'000,
                                            .body_sha256 = "abcd",
                                            .body_hashed = 8'192,
                                            .resolver = "system",
                                            .chain_fingerprint = "ef01",
                                            .request_ids = {{"CF-Ray", "8a1b"}}});
  auto json = to_json(result)["evidence"];
  CHECK(json["body"] == "plain\n");
  CHECK(json["body_base64"].is_null());
  CHECK(json["body_length"] == 9'000);
  CHECK(json["body_complete"] == false);
  CHECK(json["body_sha256"] == "abcd");
  CHECK(json["body_hashed"] == 8'192);
  CHECK(json["resolver"] == "system");
  CHECK(json["chain_fingerprint"] == "ef01");
  CHECK(json["request_ids"] == nlohmann::json::parse(R"([{"name":"CF-Ray","value":"8a1b"}])"));
  result.evidence = SharedEvidence(Evidence{.body = std::string("\xff\0", 2)});
  json = to_json(result)["evidence"];
  CHECK(json["body"] == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(json["body_base64"] == "/wA=");
}

TEST_CASE("hostile bytes never make the JSON invalid") {
  auto result = sample();
  result.detail = "\xFF\x1B[31m";
  result.evidence = SharedEvidence(Evidence{.head = "HTTP/1.1 500 \xC3\r\nX: \x9B\r\n"});
  result.certificate->subject = "CN=\xFE";
  const auto text = to_json(result).dump();
  CHECK(nlohmann::json::accept(text));
  CHECK(text.find('\x1B') == std::string::npos);
}

TEST_CASE("timestamps before the epoch and far ahead have their date") {
  CHECK(format_timestamp(Timestamp(-1us)) == "1969-12-31T23:59:59.999Z");
  CHECK(format_timestamp(Timestamp(253402300799s)) == "9999-12-31T23:59:59.000Z");
}
