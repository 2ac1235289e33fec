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

TEST_CASE("a quoted value lasts to its own end, whatever is escaped in it") {
  for (
      const auto& [text, shown] : {
          Row{R"({"private_key":"-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----"})",
              R"({"private_key":"[redacted]"})"},
          Row{R"({"key":"-----BEGIN PRIVATE KEY-----\nMIIEvQ)",
              R"({"key":"-----BEGIN PRIVATE KEY-----[redacted])"},
          Row{R"({"api_key":"x7Qz\/9fKk2==","page":1})", R"({"api_key":"[redacted]","page":1})"},
          Row{R"({"password":"ab\"cd1234efgh","page":1})", R"({"password":"[redacted]","page":1})"},
          Row{R"({"password":"ab\)", R"({"password":"[redacted]\)"},
          Row{R"('password' => 'ab\'cd1234', 'x' => 1)", R"('password' => '[redacted]', 'x' => 1)"},
          Row{R"("log":"{\"secret\":\"ab\\\"cd\\/ef\",\"page\":1}")",
              R"("log":"{\"secret\":\"[redacted]\",\"page\":1}")"},
          Row{R"({"cookie":"a=\"x\"; sid=abc","page":1})", R"({"cookie":"[redacted]","page":1})"},
          Row{R"("log":"{\"Authorization\":\"Digest a=\\\"x\\\", response=abc\"}")",
              R"("log":"{\"Authorization\":\"[redacted]\"}")"},
          Row{R"(see https:\/\/x\/?token=abc\/def&x=1)",
              R"(see https:\/\/x\/?token=[redacted]&x=1)"},
          Row{R"({"tokens":["ab","c\"d"],"page":1})", R"({"tokens":["[redacted]"],"page":1})"},
          Row{"Cookie: a=\"x y\"; sid=abc\r\nHost: x", "Cookie: [redacted]\r\nHost: x"},
          Row{"Authorization: Digest username=\"bob\", response=\"abc\"\nHost: x",
              "Authorization: [redacted]\nHost: x"},
      }) {
    CAPTURE(text);
    CHECK(hide_tokens(text) == shown);
    CHECK(hide_tokens(shown) == shown);
  }
}

TEST_CASE("a credential is hidden where markup names it, before or behind") {
  for (const auto& [text, shown] : {
           Row{"<db_password>abc</db_password>", "<db_password>[redacted]</db_password>"},
           Row{"<password><![CDATA[a]b]]></password>", "<password><![CDATA[[redacted]</password>"},
           Row{"<input type=\"hidden\" value=\"abc\" name=\"csrf_token\">",
               "<input type=\"hidden\" value=\"[redacted]\" name=\"csrf_token\">"},
           Row{"<input name=\"token\" value=\"it's\">",
               "<input name=\"token\" value=\"[redacted]\">"},
           Row{"{&quot;password&quot;:&quot;a&amp;b&quot;,",
               "{&quot;password&quot;:&quot;[redacted]&quot;,"},
           Row{"APP_KEY=base64:abc= APP_ENV=x", "APP_KEY=[redacted] APP_ENV=x"},
           Row{"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
               "AES-128-CBC,0\n\nMII\n"
               "-----END RSA PRIVATE KEY-----",
               "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----"},
       }) {
    CAPTURE(text);
    CHECK(hide_tokens(text) == shown);
  }
}

TEST_CASE("one that the end of the text cut is hidden too") {
  for (const auto& [text, shown] :
       {Row{R"({"password":"hunt)", R"({"password":"[redacted])"},
        Row{"got eyJhbGciOiJIUzI1Ni", "got [redacted]"},
        Row{"postgres://app:hunter2", "postgres://app:[redacted]"},
        Row{"it begins \"postgres://app:hunter2…\"", "it begins \"postgres://app:[redacted]…\""},
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
           "no route to http://127.0.0.1:9000"s,
           "no route to http://127.0.0.1:9000…"s,
           "no route to http://[2001:db8::1]"s,
           "<input name=\"page\" value=\"2\"> <input value=\"3\" name=\"size\">"s,
           "\xff\xfe\x00\x80 binary"s,
       }) {
    CAPTURE(text);
    CHECK(hide_tokens(text) == text);
  }
}

TEST_CASE("a hostile text costs little: behind many places that may be credentials is nothing") {
  for (const auto& part :
       {"token "s, "token ="s, "eyJ"s, "a://b:"s, "-----BEGIN "s, "\"token\":\""s,
        "<td>token</td>"s, "cookie:"s, "value=\"a\" "s, "token>"s, "\"token\":[\"a\","s,
        "\"token\":\"\\"s, "-----BEGIN PRIVATE KEY-----"s}) {
    std::string text;
    while (text.size() < (64 << 10)) text += part;
    CHECK(hide_tokens(text).size() <= 3 * text.size());
  }
  std::string many = "see: ";
  for (int count = 0; count < 600; ++count) many += "secret ";
  const auto shown = hide_tokens(many + "and the rest");
  CHECK(shown.starts_with("see: secret secret"));
  CHECK(shown.ends_with("secret [redacted]"));
}
