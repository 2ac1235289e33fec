// The sender against mail servers on loopback.

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "alerting/delivery/curl_sender.h"
#include "tests/alerting/delivery/sender_harness.h"
#include "tests/alerting/delivery/smtp_server.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

MailRequest mail(const SmtpServer& server, config::MailTls tls = config::MailTls::None) {
  MailRequest request;
  request.server = server.url();
  request.tls = tls;
  request.from = "gatewatch@example.com";
  request.to = {"oncall@example.com"};
  request.message = "Subject: 502\r\n\r\n.dot\r\nbody\r\n";
  return request;
}

// What comes of a mail when the server answers `verb` so.
SendResult answered_with(const std::string& verb, const std::string& reply) {
  SenderHarness harness;
  SmtpServer server(harness.network());
  server.replies[verb] = reply;
  const auto result = harness.send_one(mail(server));
  harness.end_sender();
  return result;
}

}  // namespace

TEST_CASE("a mail arrives whole, with envelope and dots as they should be") {
  SenderHarness harness;
  SmtpServer server(harness.network());
  auto request = mail(server);
  request.to.emplace_back("second@example.com");
  const auto result = harness.send_one(request);
  CHECK(result.status == SendStatus::Delivered);
  CHECK(result.error.empty());
  CHECK(server.was_told("MAIL FROM:<gatewatch@example.com>"));
  CHECK(server.was_told("RCPT TO:<oncall@example.com>"));
  CHECK(server.was_told("RCPT TO:<second@example.com>"));
  CHECK(server.was_told("QUIT"));
  CHECK(server.data == "Subject: 502\r\n\r\n..dot\r\nbody\r\n");
  CHECK(harness.logged.empty());
  harness.end_sender();
}

TEST_CASE("where TLS is required, a server without it hears neither password nor mail") {
  for (const auto* const ehlo : {"250-mx\r\n250 AUTH PLAIN LOGIN", "250-mx\r\n250 STARTTLS",
                                 "250-mx\r\n250-STARTTLS\r\n250 AUTH PLAIN"}) {
    for (const auto* const starttls :
         {"454 not now", "502 no such command", "500 what", "!",
          "220 go\r\n250 injected\r\n235 injected\r\n250 injected\r\n354 injected"}) {
      SenderHarness harness;
      harness.settings.timeout = 2s;
      SmtpServer server(harness.network());
      server.replies["EHLO"] = ehlo;
      server.replies["STARTTLS"] = starttls;
      auto request = mail(server, config::MailTls::Required);
      request.username = "gatewatch";
      request.password = config::Secret("hunter2");
      const auto result = harness.send_one(request);
      CAPTURE(ehlo);
      CAPTURE(starttls);
      CAPTURE(result.error);
      CHECK(result.status == SendStatus::Transient);
      CHECK_FALSE(result.error.empty());
      CHECK_FALSE(server.was_told("AUTH"));
      CHECK_FALSE(server.was_told("MAIL"));
      CHECK(server.data.empty());
      harness.end_sender();
    }
  }
}

TEST_CASE("5yz is for good and says the server's words; 4yz is not") {
  const auto refused = answered_with("RCPT", "550 5.1.1 no such user");
  CHECK(refused.status == SendStatus::Permanent);
  CHECK(refused.error == "the mail server said: 550 5.1.1 no such user");
  CHECK(answered_with("RCPT", "450 greylisted").status == SendStatus::Transient);
  CHECK(answered_with("MAIL", "553 not you").status == SendStatus::Permanent);
  CHECK(answered_with("MAIL", "421 busy").status == SendStatus::Transient);
  CHECK(answered_with("DATA", "451 no room").status == SendStatus::Transient);
  CHECK(answered_with(".", "554 5.7.1 spam").status == SendStatus::Permanent);
  CHECK(answered_with(".", "452 no room").status == SendStatus::Transient);
  CHECK(answered_with("", "554 go away").status == SendStatus::Permanent);
  CHECK(answered_with("", "421 too many").status == SendStatus::Transient);
}

TEST_CASE("a session that breaks is transient wherever it breaks") {
  for (const auto* const verb : {"", "EHLO", "MAIL", "RCPT", "DATA", "."}) {
    CAPTURE(verb);
    const auto result = answered_with(verb, "!");
    CHECK(result.status == SendStatus::Transient);
    CHECK_FALSE(result.error.empty());
  }
}

TEST_CASE("a server that speaks no SMTP, or nothing, is transient") {
  for (const auto* const banner : {"", "nonsense", "HTTP/1.1 400 Bad Request"}) {
    SenderHarness harness;
    harness.settings.timeout = 200ms;
    SmtpServer server(harness.network());
    server.replies[""] = banner;
    CHECK(harness.send_one(mail(server)).status == SendStatus::Transient);
    CHECK(server.commands.empty());
    harness.end_sender();
  }
}

TEST_CASE("a refused login is for good, and its error holds no password") {
  SenderHarness harness;
  SmtpServer server(harness.network());
  server.replies["AUTH"] = "535 5.7.8 hunter2 is wrong";
  auto request = mail(server);
  request.username = "gatewatch";
  request.password = config::Secret("hunter2");
  const auto result = harness.send_one(request);
  CHECK(result.status == SendStatus::Permanent);
  CHECK(result.error == "the mail server said: 535 5.7.8 … is wrong");
  CHECK_FALSE(server.was_told("MAIL"));
  harness.end_sender();
}

TEST_CASE("one refused receiver keeps the mail from no other, and is named") {
  SenderHarness harness;
  SmtpServer server(harness.network());
  server.special["RCPT TO:<gone@example.com>"] = "550 5.1.1 gone";
  auto request = mail(server);
  request.to = {"gone@example.com", "oncall@example.com"};
  const auto result = harness.send_one(request);
  CHECK(result.status == SendStatus::Delivered);
  CHECK(result.error == "delivered to 1 of 2: gone@example.com refused: 550 5.1.1 gone");
  CHECK_FALSE(server.data.empty());
  REQUIRE(harness.logged.size() == 1);
  CHECK(harness.logged[0] == "a mail was " + result.error);
  harness.end_sender();
}

TEST_CASE("a mail without a valid sender or receiver is refused before any connection") {
  SenderHarness harness;
  SmtpServer server(harness.network());
  auto request = mail(server);
  request.from.clear();
  CHECK(harness.send_one(request).status == SendStatus::Permanent);
  request = mail(server);
  request.to.clear();
  CHECK(harness.send_one(request).status == SendStatus::Permanent);
  request.to = {"a@example.com>\r\nRCPT TO:<b@example.com"};
  CHECK(harness.send_one(request).status == SendStatus::Permanent);
  CHECK(server.commands.empty());
  harness.end_sender();
}

TEST_CASE("a mail server that is slow at the end of data holds up no other") {
  SenderHarness harness;
  harness.settings.timeout = 600s;
  SmtpServer slow(harness.network());
  slow.replies["."] = "";
  SmtpServer fast(harness.network());
  bool answered = false;
  harness.started().send(mail(slow), [&](const auto&) { answered = true; });
  CHECK(harness.uv.run_until([&] { return !slow.data.empty(); }));
  CHECK(harness.send_one(mail(fast)).status == SendStatus::Delivered);
  harness.end_sender();
  CHECK_FALSE(answered);
}

TEST_CASE("a server that never answers QUIT has taken the mail all the same") {
  SenderHarness harness;
  harness.settings.timeout = 1s;
  SmtpServer server(harness.network());
  server.replies["QUIT"] = "";
  CHECK(harness.send_one(mail(server)).status == SendStatus::Delivered);
  harness.end_sender();
}

TEST_CASE("the target policy holds for mail servers") {
  SenderHarness harness;
  harness.settings.policy.deny.push_back(IpNetwork::parse("127.0.0.0/8").value());
  SmtpServer server(harness.network());
  const auto result = harness.send_one(mail(server));
  CHECK(result.error == "the target policy refuses the address 127.0.0.1");
  CHECK(server.commands.empty());
  harness.end_sender();
}
