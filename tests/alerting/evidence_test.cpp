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

TEST_CASE("the first request ids are told, cleaned and cut") {
  auto result = bad_gateway();
  gatewatch::Evidence evidence;
  for (int index = 0; index < 6; ++index) {
    evidence.request_ids.push_back({"X-Request-Id", std::to_string(index) + "\x1b[31m"});
  }
  evidence.request_ids[0].value = std::string(1'000, 'a');
  result.evidence = SharedEvidence(evidence);
  const auto line = evidence_line(result, checkout());
  CHECK(line.find(", X-Request-Id aaaa") != std::string::npos);
  CHECK(line.ends_with(", X-Request-Id 1 [31m, X-Request-Id 2 [31m, X-Request-Id 3 [31m"));
  CHECK(line.size() < 500);
}

TEST_CASE("a log keeps the newest three and counts the names") {
  FailureLog log;
  CHECK(log.newest().empty());
  auto result = bad_gateway();
  for (int index = 0; index < 5; ++index) {
    result.started += 1s;
    log.add(evidence_of(result, checkout()));
  }
  CHECK(log.newest().size() == 3);
  CHECK(log.newest().back()->at == result.started);
  CHECK(log.names().at("502 Bad Gateway") == 5);
  for (int status = 400; status < 600; ++status) {
    result.status = status;
    log.add(evidence_of(result, checkout()));
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
