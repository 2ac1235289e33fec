#include "probes/token_redaction.h"

#include <string>

#include <doctest/doctest.h>

using gatewatch::hide_tokens;
using namespace std::string_literals;

namespace {

struct Row {
  std::string text;
  std::string shown;
};

}  // namespace

TEST_CASE("what looks like a credential is hidden, and its name stays") {
  for (const auto& [text, shown] : {
           Row{R"({"password":"hunter2","page":1})", R"({"password":"[redacted]","page":1})"},
           Row{R"({"access_token": "a b", 'api-key': 'c d'})",
               R"({"access_token": "[redacted]", 'api-key': '[redacted]'})"},
           Row{R"("log":"{\"client_secret\":\"abc\"}")",
               R"("log":"{\"client_secret\":\"[redacted]\"}")"},
           Row{"DB_PASSWORD=hunter2 DEBUG=1", "DB_PASSWORD=[redacted] DEBUG=1"},
           Row{"['SECRET_KEY'] => abc;", "['SECRET_KEY'] => [redacted];"},
           Row{"<a href=\"/x?page=2&token=abc&x=1\">",
               "<a href=\"/x?page=2&token=[redacted]&x=1\">"},
           Row{"Cookie: a=b; c=d\r\nHost: x", "Cookie: [redacted]\r\nHost: x"},
           Row{"HTTP_AUTHORIZATION = 'Basic dXNlcjpwYXNz'", "HTTP_AUTHORIZATION = '[redacted]'"},
           Row{"sent bearer abcdefgh1 to it", "sent bearer [redacted] to it"},
           Row{"sent Basic dXNlcjpwYXNz", "sent Basic [redacted]"},
           Row{"got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_ ok", "got [redacted] ok"},
           Row{"postgres://app:hunter2@db:5432/x", "postgres://app:[redacted]@db:5432/x"},
           Row{"<input type='hidden' name='csrf_token' value='abc'>",
               "<input type='hidden' name='csrf_token' value='[redacted]'>"},
           Row{"<meta name=\"csrf-token\" content=\"abc\">",
               "<meta name=\"csrf-token\" content=\"[redacted]\">"},
           Row{"<tr><td>AWS_SECRET_ACCESS_KEY</td>\n<td class=\"v\"><pre>abc</pre></td>",
               "<tr><td>AWS_SECRET_ACCESS_KEY</td>\n<td class=\"v\"><pre>[redacted]</pre></td>"},
           Row{"key AKIAIOSFODNN7EXAMPLE.", "key [redacted]."},
           Row{"ghp_0123456789abcdefghijABCDEFGHIJ012345", "[redacted]"},
           Row{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\n",
               "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----\n"},
       }) {
    CAPTURE(text);
    CHECK(hide_tokens(text) == shown);
    CHECK(hide_tokens(shown) == shown);
  }
}

TEST_CASE("one that the end of the text cut is hidden too") {
  for (const auto& [text, shown] :
       {Row{R"({"password":"hunt)", R"({"password":"[redacted])"},
        Row{"got eyJhbGciOiJIUzI1Ni", "got [redacted]"},
        Row{"-----BEGIN PRIVATE KEY-----\nMIIEvQ", "-----BEGIN PRIVATE KEY-----[redacted]"}}) {
    CAPTURE(text);
    CHECK(hide_tokens(text) == shown);
  }
}

TEST_CASE("what a person needs for the cause stays") {
  for (const auto& text : {
           "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx/1.22.1</body>"s,
           "Basic authentication is required here, bearer credentials are not."s,
           "connect() failed (111: Connection refused) while connecting to upstream, "
           "upstream: \"http://127.0.0.1:9000/x\", host: \"shop.example\""s,
           "WWW-Authenticate: Bearer realm=\"shop\", error=\"expired\""s,
           "Ray ID: 8a1b2c3d4e5f6789"s,
           "\xff\xfe\x00\x80 binary"s,
       }) {
    CAPTURE(text);
    CHECK(hide_tokens(text) == text);
  }
}

TEST_CASE("a hostile text takes no longer than its length") {
  for (const auto& part : {"token"s, "token ="s, "eyJ"s, "a://b:"s, "-----BEGIN "s, "\"token\":\""s,
                           "<td>token</td>"s, "cookie:"s}) {
    std::string text;
    while (text.size() < (64 << 10)) text += part;
    CHECK(hide_tokens(text).size() <= 3 * text.size());
  }
}
