#include "probes/net/http_message.h"

#include <doctest/doctest.h>

using namespace gatewatch::net;

TEST_CASE("header names compare regardless of case, and the first value counts") {
  Headers headers;
  headers.add("Set-Cookie", "a=1");
  headers.add("set-cookie", "b=2");
  headers.add("X-Empty", "");
  CHECK(headers.get("SET-COOKIE") == "a=1");
  CHECK(headers.count("Set-Cookie") == 2);
  CHECK(headers.contains("x-empty"));
  CHECK(headers.get("x-empty").empty());
  CHECK_FALSE(headers.contains("Cookie"));
  CHECK(headers.get("Cookie").empty());
  CHECK(headers.all().front().first == "Set-Cookie");
}

TEST_CASE("only ASCII letters have two cases") {
  CHECK(equals_ignoring_case("Content-Length", "cONTENT-lENGTH"));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
  CHECK_FALSE(equals_ignoring_case("@[", "`{"));
  CHECK_FALSE(equals_ignoring_case("\xc4", "\xe4"));
}
