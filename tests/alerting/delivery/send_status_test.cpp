#include "alerting/delivery/send_status.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::alerting;
using namespace std::chrono_literals;

TEST_CASE("HTTP statuses: delivered, worth another attempt, refused for good") {
  for (const long status : {200, 201, 202, 204, 299}) {
    CHECK(http_send_status(status) == SendStatus::Delivered);
  }
  for (const long status : {301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 504, 599, 0, 100}) {
    CHECK(http_send_status(status) == SendStatus::Transient);
  }
  for (const long status : {400, 401, 403, 404, 405, 410, 413, 422, 499}) {
    CHECK(http_send_status(status) == SendStatus::Permanent);
  }
}

TEST_CASE("an HTTP error says the status and what the receiver said, in one short line") {
  CHECK(judge_http(404, "no_service", 0s).error == "HTTP 404: no_service");
  CHECK(judge_http(302, "", 0s).error == "HTTP 302, a redirect, which is not followed");
  CHECK(judge_http(500, "a\r\nb\x1b", 0s).error == "HTTP 500: a b\xef\xbf\xbd");
  CHECK(judge_http(500, std::string(5000, 'x'), 0s).error.size() < 200);
  CHECK(judge_http(200, "ok", 0s).error.empty());
}

TEST_CASE("Retry-After is passed on where the receiver gave one") {
  CHECK(judge_http(429, "", 30s).retry_after == 30s);
  CHECK_FALSE(judge_http(429, "", 0s).retry_after.has_value());
  CHECK_FALSE(judge_http(200, "", 30s).retry_after.has_value());
}

TEST_CASE("a pause asked for in JSON counts where no header asks for one") {
  CHECK(judge_http(429, R"({"retry_after": 0.3, "global": false})", 0s).retry_after == 1s);
  CHECK(judge_http(429, R"({"ok": false, "parameters": {"retry_after": 35}})", 0s).retry_after ==
        35s);
  CHECK(judge_http(429, R"({"retry_after": 60})", 5s).retry_after == 5s);
  for (const auto* const body :
       {"", "slow down", "[]", "[[[[", R"({"retry_after": "7"})", R"({"retry_after": -1})",
        R"({"retry_after": 1e300})", R"({"parameters": [1]})", R"({"retry_after": {"a": 1}})"}) {
    CAPTURE(body);
    CHECK_FALSE(judge_http(429, body, 0s).retry_after.has_value());
  }
  CHECK_FALSE(judge_http(403, R"({"retry_after": 7})", 0s).retry_after.has_value());
}

TEST_CASE("too fast for Meta is no refusal though its status is 400") {
  for (const auto* const code : {"4", "80007", "130429", "131056"}) {
    const auto body = std::string(R"({"error": {"message": "slow", "code": )") + code + "}}";
    CHECK(judge_http(400, body, 0s).status == SendStatus::Transient);
    CHECK(judge_http(401, body, 0s).status == SendStatus::Permanent);
  }
  for (const auto* const body : {"", "{", R"({"error": {"code": 132001}})", R"({"error": 4})"}) {
    CHECK(judge_http(400, body, 0s).status == SendStatus::Permanent);
  }
}

TEST_CASE("a cut leaves no part of a secret") {
  const auto error = judge_http(403, std::string(130, 'x') + " hunter2-and-the-rest-of-it", 0s,
                                {"hunter2-and-the-rest-of-it"})
                         .error;
  CHECK(error.find("hunt") == std::string::npos);
}

TEST_CASE("SMTP: 5yz is for good, 4yz and a broken session are not") {
  const auto judged = [](std::initializer_list<std::string_view> lines, std::string_view broken) {
    SmtpReplies replies;
    for (const auto line : lines) add_reply_line(replies, line);
    return judge_mail_failure(replies, broken);
  };
  auto result = judged({"220 hi", "250-x", "250 y", "550 5.1.1 no such user\r\n", "221 bye"}, "");
  CHECK(result.status == SendStatus::Permanent);
  CHECK(result.error == "the mail server said: 550 5.1.1 no such user");
  CHECK(judged({"220 hi", "250 x", "451 greylisted"}, "").status == SendStatus::Transient);
  // One receiver greylisted, the other unknown: the first may be served later.
  CHECK(judged({"250 x", "450 later", "550 no"}, "").status == SendStatus::Transient);
  CHECK(judged({"250 x", "502 no STARTTLS"}, "STARTTLS denied").status == SendStatus::Transient);
  CHECK(judged({}, "Connection refused").error == "Connection refused");
  CHECK(judged({}, "").status == SendStatus::Transient);
  CHECK(judged({"garbage", "5x", ""}, "").status == SendStatus::Transient);
}

TEST_CASE("SMTP: of a mail that was taken, each refused receiver is named with its reply") {
  SmtpReplies replies;
  const auto say = [&replies](std::string_view command, std::string_view reply) {
    add_command(replies, command);
    add_reply_line(replies, reply);
  };
  say("EHLO us\r\n", "502 no such command");
  say("HELO us\r\n", "250 fine");
  say("MAIL FROM:<us@example.com>\r\n", "250 fine");
  CHECK(refused_part(replies, 3).empty());
  say("RCPT TO:<gone@example.com>\r\n", "550-No such user");
  add_reply_line(replies, "550 5.1.1 gone\r\n");
  say("RCPT TO:<ops@example.com>\r\n", "250 fine");
  say("RCPT TO:<full@example.com>\r\n", "452 full");
  say("DATA\r\n", "354 go on");
  CHECK(refused_part(replies, 3) ==
        "delivered to 1 of 3: full@example.com refused: 452 full; "
        "gone@example.com refused: 550 5.1.1 gone");
}

TEST_CASE("secrets that an answer repeats do not get into the error") {
  CHECK(without_secrets("Cannot POST /services/T0/B1/xyz", {"/services/T0/B1/xyz"}) ==
        "Cannot POST …");
  CHECK(without_secrets("hunter2hunter2", {"hunter2"}) == "……");
  CHECK(without_secrets("a T b", {"T", ""}) == "a T b");
}
