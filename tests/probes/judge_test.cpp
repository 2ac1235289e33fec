#include "probes/judge.h"

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace std::chrono_literals;

namespace {

net::Response response(int status, std::string body = "",
                       std::vector<std::pair<std::string, std::string>> headers = {}) {
  net::Response result;
  result.status = status;
  result.reason = status == 502 ? "Bad Gateway" : "OK";
  result.http_version = "1.1";
  result.body = std::move(body);
  for (auto& [name, value] : headers) result.headers.add(name, value);
  return result;
}

config::Expectation expecting() {
  config::Expectation expectation;
  expectation.status.add(200, 299);
  return expectation;
}

Verdict judge(const config::Expectation& expectation, const net::Response& answer,
              std::chrono::microseconds duration = 10ms) {
  const auto judge = Judge::create(expectation);
  REQUIRE(judge.has_value());
  return (*judge)->judge(answer, duration);
}

bool says(const Verdict& verdict, const std::string& text) {
  return verdict.detail.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("an answer that meets every expectation is ok") {
  auto expectation = expecting();
  expectation.latency = 2s;
  expectation.headers["content-type"] = "application/json*";
  expectation.body.contains = {"\"up\""};
  expectation.body.not_contains = {"maintenance"};
  expectation.body.matches = R"(status.*up)";
  expectation.body.json["/status"] = "\"up\"";
  const auto answer =
      response(200, R"({"status": "up"})", {{"Content-Type", "Application/JSON; charset=utf-8"}});
  CHECK(judge(expectation, answer) == Verdict{});
}

TEST_CASE("a status that was not expected says which one came and which were wanted") {
  auto expectation = expecting();
  expectation.status.add(304);
  expectation.status.add(410, 418);
  const auto verdict = judge(expectation, response(502));
  CHECK(verdict.outcome == Outcome::StatusMismatch);
  CHECK(verdict.reason == "status");
  CHECK(verdict.detail == "the status is 502 \"Bad Gateway\", expected 2xx, 304, 410-418");
  CHECK(judge(expectation, response(304)).outcome == Outcome::Ok);
}

TEST_CASE("a header expectation is a glob over any of the header's values") {
  auto expectation = expecting();
  expectation.headers["x-cache"] = "hit*";
  CHECK(judge(expectation, response(200, "", {{"X-Cache", "miss"}, {"x-cache", "HIT from a"}}))
            .outcome == Outcome::Ok);
  const auto wrong = judge(expectation, response(200, "", {{"X-Cache", "miss"}}));
  CHECK(wrong.outcome == Outcome::ContentMismatch);
  CHECK(wrong.reason == "header");
  CHECK(says(wrong, "x-cache should match \"hit*\", and is \"miss\""));
  CHECK(says(judge(expectation, response(200)), "is not there"));
}

TEST_CASE("body expectations name what was wanted and show what came") {
  auto contains = expecting();
  contains.body.contains = {"all good"};
  const auto missing = judge(contains, response(200, "502 Bad Gateway\nnginx"));
  CHECK(missing.reason == "body_contains");
  CHECK(says(missing, "should contain \"all good\", it begins \"502 Bad Gateway nginx\""));
  CHECK(says(judge(contains, response(200)), "it is empty"));

  auto not_contains = expecting();
  not_contains.body.not_contains = {"maintenance"};
  const auto present = judge(not_contains, response(200, "down for maintenance"));
  CHECK(present.outcome == Outcome::ContentMismatch);
  CHECK(present.reason == "body_not_contains");

  auto matches = expecting();
  matches.body.matches = "^v[0-9]+$";
  CHECK(judge(matches, response(200, "v12")).outcome == Outcome::Ok);
  CHECK(judge(matches, response(200, "v")).reason == "body_matches");
}

TEST_CASE("a body that was kept in part is judged by that part, and says so") {
  auto expectation = expecting();
  expectation.body.contains = {"end"};
  const auto verdict = judge(expectation, response(200, std::string(64 << 10, 'x')));
  CHECK(says(verdict, "the body's first 65536 bytes should contain"));
}

TEST_CASE("later than expected is slow, exactly as late is not") {
  auto expectation = expecting();
  expectation.latency = 2s;
  CHECK(judge(expectation, response(200), 2s).outcome == Outcome::Ok);
  const auto verdict = judge(expectation, response(200), 2004ms);
  CHECK(verdict.outcome == Outcome::Slow);
  CHECK(verdict.detail == "the answer took 2.004 s, expected at most 2s");
}

TEST_CASE("the first failure in the order status, headers, body, latency is told") {
  auto expectation = expecting();
  expectation.headers["x-a"] = "1";
  expectation.body.contains = {"up"};
  expectation.latency = 1ms;
  CHECK(judge(expectation, response(502)).reason == "status");
  CHECK(judge(expectation, response(200)).reason == "header");
  CHECK(judge(expectation, response(200, "", {{"X-A", "1"}})).reason == "body_contains");
  CHECK(judge(expectation, response(200, "up", {{"X-A", "1"}})).reason == "latency");
}

TEST_CASE("hostile text in a detail is clean, quoted and bounded") {
  auto expectation = expecting();
  expectation.body.contains = {"ok"};
  const auto verdict =
      judge(expectation, response(200, "\x1B[2J\r\n" + std::string(60000, '\xFF')));
  CHECK(verdict.detail.size() <= 300);
  CHECK(verdict.detail.find('\x1B') == std::string::npos);
  CHECK(verdict.detail.find('\n') == std::string::npos);
  auto answer = response(502);
  answer.reason = std::string(5000, 'x');
  CHECK(judge(expecting(), answer).detail.size() <= 300);
}

TEST_CASE("a pattern that backtracking engines choke on ends at once") {
  auto expectation = expecting();
  expectation.body.matches = "(a+)+$";
  const auto verdict = judge(expectation, response(200, std::string(60000, 'a') + "!"));
  CHECK(verdict.outcome == Outcome::ContentMismatch);
}

TEST_CASE("expectations that cannot be used are errors that say why") {
  auto pattern = expecting();
  pattern.body.matches = "(unclosed";
  REQUIRE_FALSE(Judge::create(pattern).has_value());
  CHECK(Judge::create(pattern).error().message.find("is no RE2 pattern") != std::string::npos);
  auto json = expecting();
  json.body.json["no-slash"] = "1";
  CHECK(Judge::create(json).error().message.find("is no JSON pointer") != std::string::npos);
}

TEST_CASE("only an expectation of the body needs the body") {
  CHECK((*Judge::create(expecting()))->body_bytes_needed() == 0);
  auto expectation = expecting();
  expectation.body.not_contains = {"x"};
  CHECK((*Judge::create(expectation))->body_bytes_needed() == 64 << 10);
}

TEST_CASE("a certificate expires soon when less than the expected time is left") {
  auto expectation = expecting();
  expectation.certificate = 14 * 24h;
  const auto judge = *Judge::create(expectation);
  const Timestamp now(1'800'000'000s);
  CertificateFacts certificate;
  certificate.not_after = now + 14 * 24h;
  CHECK_FALSE(judge->expires_soon(certificate, now));
  CHECK(judge->expires_soon(certificate, now + 1s));
  CHECK(judge->expires_soon(certificate, now + 15 * 24h));
}
