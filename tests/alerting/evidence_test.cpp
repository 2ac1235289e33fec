#include "alerting/evidence.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "alerting/failure_log.h"
#include "alerting/status_phrase.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

config::Route checkout() {
  config::Route route;
  route.group = "shop";
  route.name = "checkout";
  route.url = {.scheme = "https",
               .host = "shop.example.com",
               .port = 443,
               .path = "/api/checkout",
               .query = "token=secret",
               .has_query = true};
  return route;
}

Result bad_gateway() {
  Result result;
  result.started = Timestamp{1'795'176'001s};  // 2026-11-20T12:00:01Z
  result.route = "shop/checkout";
  result.region = "eu-west";
  result.outcome = Outcome::StatusMismatch;
  result.status = 502;
  result.timings[Phase::Wait] = 12ms;
  result.remote = Endpoint::parse("10.0.0.1:443");
  result.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  return result;
}

}  // namespace

TEST_CASE("a failure is named by its status or by its outcome") {
  struct Row {
    Outcome outcome;
    int status;
    const char* name;
  };
  for (const auto& [outcome, status, name] :
       {Row{Outcome::StatusMismatch, 502, "502 Bad Gateway"},
        Row{Outcome::StatusMismatch, 301, "301 Moved Permanently"},
        Row{Outcome::StatusMismatch, 599, "Status 599"},
        Row{Outcome::IncompleteBody, 502, "502 Bad Gateway"},
        Row{Outcome::IncompleteBody, 200, "Incomplete body"},
        Row{Outcome::ContentMismatch, 503, "Unexpected content"},
        Row{Outcome::Slow, 200, "Slow answer"}, Row{Outcome::Timeout, 0, "Timeout"},
        Row{Outcome::ProxyFailure, 502, "Proxy failure"},
        Row{Outcome::ConnectRefused, 0, "Connection refused"}}) {
    Result result;
    result.outcome = outcome;
    result.status = status;
    CHECK(failure_name(storage::outline_of(result)) == name);
  }
  Result warning;
  warning.cert_expiring = true;
  CHECK(failure_name(storage::outline_of(warning)) == "Certificate expires soon");
}

TEST_CASE("a line of evidence says what was asked, from where, when, and what came back") {
  auto result = bad_gateway();
  CHECK(evidence_line(result, checkout()) ==
        "GET https://shop.example.com/api/checkout from eu-west at 2026-11-20T12:00:01Z: "
        "502 Bad Gateway in 0.012 s, remote 10.0.0.1:443, "
        "trace 4bf92f3577b34da6a3ce929d0e0e4736");
  result.outcome = Outcome::Timeout;
  result.status = 0;
  result.detail = "No byte of the answer\r\nwithin 10 s";
  result.remote.reset();
  result.trace_id.clear();
  CHECK(evidence_line(result, checkout()) ==
        "GET https://shop.example.com/api/checkout from eu-west at 2026-11-20T12:00:01Z: "
        "Timeout: No byte of the answer  within 10 s, in 0.012 s");
  result.outcome = Outcome::EmptyReply;
  result.detail = "The server closed the connection without an answer.";
  CHECK(evidence_line(result, checkout())
            .ends_with(": Empty reply: The server closed the connection without an answer, "
                       "in 0.012 s"));
}

TEST_CASE("a certificate that runs out shows its day") {
  auto result = bad_gateway();
  result.outcome = Outcome::Ok;
  result.status = 200;
  result.cert_expiring = true;
  result.certificate = CertificateFacts{.not_before = {},
                                        .not_after = Timestamp{1'795'824'000s},
                                        .subject = {},
                                        .issuer = {},
                                        .fingerprint = {}};
  CHECK(evidence_line(result, checkout())
            .find(": 200 OK in 0.012 s, certificate expires 2026-11-28,") != std::string::npos);
  result.outcome = Outcome::StatusMismatch;
  result.status = 502;
  CHECK(evidence_line(result, checkout())
            .find(": 502 Bad Gateway in 0.012 s, certificate expires 2026-11-28,") !=
        std::string::npos);
}

TEST_CASE("request ids are found in a head, whatever its spelling, and cleaned") {
  const auto ids = request_ids(
      "HTTP/1.1 502 Bad Gateway\r\n"
      "Server: nginx\r\n"
      "x-request-id:  abc\x1b[31m \r\n"
      "CF-RAY: 8a1b-AMS\r\n"
      "Set-Cookie: id=1\r\n"
      "Via: 1.1 varnish\r\n"
      "X-Amz-Cf-Id:\r\n");
  CHECK(ids ==
        std::vector<std::string>{"X-Request-Id abc [31m", "CF-Ray 8a1b-AMS", "Via 1.1 varnish"});
  CHECK(request_ids("").empty());
  CHECK(request_ids("no colon").empty());
}

TEST_CASE("a hostile head is bounded in lines and in length") {
  std::string head = "HTTP/1.1 502 x\r\n";
  for (int index = 0; index < 100; ++index) {
    head += "X-Request-Id: " + std::string(1'000, 'a') + "\xC3\xA4\r\n";
  }
  const auto ids = request_ids(head);
  CHECK(ids.size() == 4);
  for (const auto& id : ids) CHECK(id.size() < 160);
}

TEST_CASE("a log keeps the newest three and counts the names") {
  FailureLog log;
  auto result = bad_gateway();
  for (int index = 0; index < 5; ++index) {
    result.started += 1s;
    log.add(result, checkout());
  }
  CHECK(log.newest().size() == 3);
  CHECK(log.newest().back().at == result.started);
  CHECK(log.names().at("502 Bad Gateway") == 5);
  for (int status = 400; status < 600; ++status) {
    result.status = status;
    log.add(result, checkout());
  }
  CHECK(log.names().size() == FailureLog::names_kept);
  log.clear();
  CHECK(log.newest().empty());
  CHECK(log.names().empty());
}

TEST_CASE("status phrases") {
  CHECK(status_phrase(200) == "OK");
  CHECK(status_phrase(504) == "Gateway Timeout");
  CHECK(status_phrase(530) == "Origin DNS Error");
  CHECK(status_phrase(0).empty());
  CHECK(status_phrase(599).empty());
}
