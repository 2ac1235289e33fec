#include "probes/redaction.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;

TEST_CASE("headers that hold cookies or credentials lose their values") {
  CHECK(redact_head("HTTP/1.1 302 Found\r\n"
                    "Server: nginx\r\n"
                    "Set-Cookie: session=abc; HttpOnly\r\n"
                    "X-Authorization-Echo: Bearer abc\r\n"
                    "X-Amz-Security-Token:abc\r\n"
                    "Location: https://shop.example.com/x?token=abc\r\n"
                    "\r\n") ==
        "HTTP/1.1 302 Found\r\n"
        "Server: nginx\r\n"
        "Set-Cookie: [redacted]\r\n"
        "X-Authorization-Echo: [redacted]\r\n"
        "X-Amz-Security-Token: [redacted]\r\n"
        "Location: https://shop.example.com/x?[redacted]\r\n"
        "\r\n");
}

TEST_CASE("what diagnosis needs stays") {
  const std::string head =
      "HTTP/1.1 502 Bad Gateway\r\nVia: 1.1 varnish\r\nX-Request-Id: 42\r\n"
      "WWW-Authenticate: Basic realm=x\r\nLocation: /plain\r\n\r\n";
  CHECK(redact_head(head) == head);
}

TEST_CASE("continued lines and bare line feeds hide nothing") {
  CHECK(redact_head("HTTP/1.1 200 OK\nSet-Cookie: a=1;\n b=2\n\tc=3\nServer: x\n") ==
        "HTTP/1.1 200 OK\nSet-Cookie: [redacted]\nServer: x\n");
  CHECK(redact_head("Set-Cookie: a=1") == "Set-Cookie: [redacted]");
  CHECK(redact_head("") == "");
}

TEST_CASE("what we sent in confidence is recognised where a server echoes it") {
  config::Route route;
  route.headers = {{"Authorization", config::Secret("Bearer TOKEN-0123")},
                   {"Cookie", config::Secret("sid=COOKIE-0123")},
                   {"X-Short", config::Secret("1")},
                   {"Accept", config::Secret("text/html")}};
  const auto secrets = secrets_of(route);
  CHECK(hide_secrets("you sent Bearer TOKEN-0123, or TOKEN-0123 and COOKIE-0123", secrets) ==
        "you sent [redacted], or [redacted] and [redacted]");
  CHECK(hide_secrets("text/html 1 of 1", secrets) == "text/html 1 of 1");
}

TEST_CASE("each cookie that we send is a secret of its own, and so is a password") {
  config::Route route;
  route.headers = {{"cookie", config::Secret("a=1; sid=COOKIE-0123 ;t=\"COOKIE-4567\"")},
                   // of "monitor:PASS-0123"
                   {"Authorization", config::Secret("Basic bW9uaXRvcjpQQVNTLTAxMjM=")}};
  const auto secrets = secrets_of(route);
  CHECK(hide_secrets("COOKIE-0123, COOKIE-4567, PASS-0123 of monitor", secrets) ==
        "[redacted], [redacted], [redacted] of monitor");
  CHECK(hide_secrets("bW9uaXRvcjpQQVNTLTAxMjM=", secrets) == "[redacted]");
}

TEST_CASE("a secret of which the end was cut is recognised too") {
  config::Route route;
  route.headers = {{"X-Api-Key", config::Secret("KEY-0123456789")}};
  const auto secrets = secrets_of(route);
  CHECK(hide_secrets("it begins \"key: KEY-0123…\"", secrets) == "it begins \"key: [redacted]…\"");
  CHECK(hide_secrets("nothing here…, nor K…", secrets) == "nothing here…, nor K…");
}
