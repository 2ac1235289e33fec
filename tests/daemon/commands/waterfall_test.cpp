#include "daemon/commands/waterfall.h"

#include <chrono>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

Result bad_gateway() {
  Result result;
  result.route = "https://shop.example.com/";
  result.outcome = Outcome::StatusMismatch;
  result.status = 502;
  result.reason = "status";
  result.detail = "wanted 2xx, got 502 Bad Gateway";
  result.last_phase = Phase::Receive;
  result.timings[Phase::Dns] = 10ms;
  result.timings[Phase::Connect] = 20ms;
  result.timings[Phase::Wait] = 70ms;
  return result;
}

}  // namespace

TEST_CASE("exit codes are those of a monitoring plugin") {
  Result result;
  CHECK(plugin_exit_code(result) == 0);
  result.cert_expiring = true;
  CHECK(plugin_exit_code(result) == 1);
  result.outcome = Outcome::Slow;
  CHECK(plugin_exit_code(result) == 1);
  result.outcome = Outcome::Vantage;
  CHECK(plugin_exit_code(result) == 3);
  CHECK(plugin_exit_code(bad_gateway()) == 2);
}

TEST_CASE("the first line says the verdict, the cause and the performance data") {
  CHECK(plugin_line(bad_gateway()) ==
        "CRITICAL: https://shop.example.com/: Unexpected status (status): wanted 2xx, got 502 Bad "
        "Gateway | time=0.100000s;;;0 size=0B;;;0");
}

TEST_CASE("an address that failed before another one answered is told") {
  Result result;
  result.route = "https://shop.example.com/";
  result.status = 200;
  result.detail = "[::1]:443 refused the connection; another address answered";
  CHECK(plugin_line(result).starts_with(
      "OK: https://shop.example.com/: 200 in time and as expected, but [::1]:443 refused"));
}

TEST_CASE("what the name resolved to is shown") {
  auto result = bad_gateway();
  CHECK(waterfall(result).find("  name ") == std::string::npos);
  result.resolved = ResolvedAddresses(
      {IpAddress::parse("192.0.2.7").value(), IpAddress::parse("2001:db8::1").value()});
  CHECK(waterfall(result).find("  name    192.0.2.7, 2001:db8::1\n") != std::string::npos);
}

TEST_CASE("each phase starts where the one before ended, and the one that stopped is marked") {
  auto result = bad_gateway();
  CHECK(waterfall(result).find("stopped here") == std::string::npos);  // it came whole
  result.outcome = Outcome::IncompleteBody;
  const auto text = waterfall(result);
  CHECK(text.find("  dns           10.0 ms  ====\n") != std::string::npos);
  CHECK(text.find("  connect       20.0 ms      =========\n") != std::string::npos);
  CHECK(text.find("  receive        0.0 ms") != std::string::npos);
  CHECK(text.find("stopped here\n") != std::string::npos);
  CHECK(text.find("  tls") == std::string::npos);
  CHECK(text.find("  total        100.0 ms\n") != std::string::npos);
}

TEST_CASE("the head is shown as it came, line by line") {
  auto result = bad_gateway();
  result.evidence =
      SharedEvidence(Evidence{.head = "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n\r\n"});
  CHECK(waterfall(result).ends_with("\n\n  HTTP/1.1 502 Bad Gateway\n  Server: nginx\n"));
}

TEST_CASE("evidence is shown: who was asked, ids, the body's digest and beginning") {
  auto result = bad_gateway();
  result.evidence = SharedEvidence(Evidence{.head = "HTTP/1.1 502 Bad Gateway\r\n\r\n",
                                            .body = "<h1>502</h1>\r\n",
                                            .body_length = 14,
                                            .body_complete = true,
                                            .body_sha256 = "abcd",
                                            .body_hashed = 14,
                                            .resolver = "192.0.2.53:53",
                                            .chain_fingerprint = "ef01",
                                            .request_ids = {{"CF-Ray", "8a1b"}}});
  CHECK(
      waterfall(result).ends_with("  chain   sha256 ef01\n"
                                  "  asked   192.0.2.53:53\n"
                                  "  id      CF-Ray 8a1b\n"
                                  "  body    14 bytes, sha256 abcd\n"
                                  "\n  HTTP/1.1 502 Bad Gateway\n"
                                  "\n  <h1>502</h1>\n"));
  result.evidence = SharedEvidence(Evidence{.body = std::string(3'000, 'x'),
                                            .body_length = 9'000,
                                            .body_sha256 = "abcd",
                                            .body_hashed = 8'192});
  CHECK(waterfall(result).find("  body    9000 bytes so far, sha256 abcd of the first 8192\n") !=
        std::string::npos);
  CHECK(waterfall(result).ends_with("xxx\n  …\n"));
  result.outcome = Outcome::Ok;
  CHECK(waterfall(result).find("xxx") == std::string::npos);
  result.outcome = Outcome::StatusMismatch;
  result.evidence = SharedEvidence(Evidence{.body = std::string("x\0y", 3)});
  CHECK(waterfall(result).find("x\n") == std::string::npos);
}

TEST_CASE("what a server said reaches the terminal without control codes") {
  auto result = bad_gateway();
  result.detail = "\x1b]0;owned\x07|forged\nOK: all is well";
  result.evidence = SharedEvidence(Evidence{.head = "HTTP/1.1 502 \x1b[31mBad\r\nX: \xff\r\n\r\n"});
  const auto line = plugin_line(result);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find('|') == line.rfind('|'));
  const auto text = waterfall(result);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
  CHECK(text.find('\xff') == std::string::npos);
}
