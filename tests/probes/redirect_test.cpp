#include "probes/redirect.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;

namespace {

Hop hop(const std::string& url, const std::string& method = "GET") {
  return {Url::parse(url).value(), method, true, true};
}

net::Response redirect(int status, const std::string& location) {
  net::Response response;
  response.status = status;
  response.headers.add("Location", location);
  return response;
}

RedirectDecision decide(const Hop& from, int status, const std::string& location,
                        bool has_body = false) {
  return decide_redirect(std::vector{from}, 10, has_body, redirect(status, location));
}

Hop followed(const Hop& from, int status, const std::string& location) {
  const auto decision = decide(from, status, location);
  REQUIRE(decision.follow);
  return decision.next;
}

}  // namespace

TEST_CASE("only redirects that a client can follow by itself are redirects") {
  for (const int status : {301, 302, 303, 307, 308}) CHECK(is_redirect(status));
  for (const int status : {200, 300, 304, 305, 306, 309, 399, 404})
    CHECK_FALSE(is_redirect(status));
}

TEST_CASE("locations are references to the URL that answered") {
  const auto from = hop("https://shop.example.com/a/b?q=1");
  CHECK(followed(from, 302, "/login").url.text() == "https://shop.example.com/login");
  CHECK(followed(from, 302, "c").url.text() == "https://shop.example.com/a/c");
  CHECK(followed(from, 302, "?q=2").url.text() == "https://shop.example.com/a/b?q=2");
  CHECK(followed(from, 302, "//cdn.example.com/x").url.text() == "https://cdn.example.com/x");
  CHECK(followed(from, 302, "HTTP://Example.org").url.text() == "http://example.org/");
}

TEST_CASE("a location with blanks or bytes that are not ASCII is encoded and followed") {
  const auto from = hop("http://a.example/");
  CHECK(followed(from, 302, "/\xc3\xbc x").url.request_target() == "/%C3%BC%20x");
  CHECK(followed(from, 302, "/a?b=\xe9 c").url.request_target() == "/a?b=%E9%20c");
  const auto refused = decide(from, 302,
                              "/a\x01"
                              "b");
  CHECK_FALSE(refused.follow);
  CHECK(refused.verdict.reason == "bad_location");
}

TEST_CASE("methods change as every client changes them") {
  const auto method = [](const std::string& before, int status) {
    return followed(hop("http://a.example/", before), status, "/next").method;
  };
  for (const int status : {301, 302, 303}) CHECK(method("POST", status) == "GET");
  for (const int status : {307, 308}) CHECK(method("POST", status) == "POST");
  CHECK(method("PUT", 301) == "PUT");
  CHECK(method("PUT", 303) == "GET");
  CHECK(method("HEAD", 303) == "HEAD");
  CHECK(method("HEAD", 302) == "HEAD");
}

TEST_CASE("a changed method leaves the body behind, a kept one takes it along") {
  const auto from = hop("http://a.example/", "POST");
  CHECK_FALSE(followed(from, 303, "/next").with_body);
  CHECK(followed(from, 307, "/next").with_body);
}

TEST_CASE("credentials stay with scheme, host and port, and do not come back") {
  const auto from = hop("http://a.example/");
  CHECK(followed(from, 302, "http://a.example:80/next").with_credentials);
  CHECK_FALSE(followed(from, 302, "http://b.example/").with_credentials);
  CHECK_FALSE(followed(from, 302, "https://a.example/").with_credentials);
  CHECK_FALSE(followed(from, 302, "http://a.example:81/").with_credentials);
  CHECK_FALSE(followed(from, 302, "http://www.a.example/").with_credentials);
  const auto elsewhere = followed(from, 302, "http://b.example/");
  CHECK_FALSE(followed(elsewhere, 302, "http://a.example/back").with_credentials);
}

TEST_CASE("a body is never sent to another origin") {
  const auto from = hop("http://a.example/", "POST");
  const auto refused = decide(from, 307, "http://b.example/", true);
  CHECK_FALSE(refused.follow);
  CHECK(refused.verdict.outcome == Outcome::RedirectRefused);
  CHECK(refused.verdict.reason == "body_to_other_origin");
  CHECK(decide(from, 307, "http://b.example/", false).follow);
  CHECK(decide(from, 302, "http://b.example/", true).follow);
}

TEST_CASE("the limit is exact") {
  for (const int limit : {1, 3}) {
    std::vector hops = {hop("http://a.example/0")};
    for (int count = 1; count <= limit; ++count) {
      auto decision =
          decide_redirect(hops, limit, false, redirect(302, "/" + std::to_string(count)));
      REQUIRE(decision.follow);
      hops.push_back(decision.next);
    }
    const auto decision = decide_redirect(hops, limit, false, redirect(302, "/last"));
    CHECK_FALSE(decision.follow);
    CHECK(decision.verdict.outcome == Outcome::RedirectLoop);
    CHECK(decision.verdict.reason == "limit");
  }
}

TEST_CASE("the same method and URL again is a loop, named; another method is not") {
  const std::vector hops = {hop("http://a.example/x?t=secret"), hop("http://a.example/y")};
  const auto decision = decide_redirect(hops, 10, false, redirect(302, "/x?t=secret#part"));
  CHECK_FALSE(decision.follow);
  CHECK(decision.verdict.outcome == Outcome::RedirectLoop);
  CHECK(decision.verdict.reason == "circular");
  CHECK(decision.verdict.detail == "the redirects lead back to GET http://a.example/x");
  CHECK(decide(hop("http://a.example/form", "POST"), 303, "/form").follow);
  CHECK_FALSE(decide(hop("http://a.example/form", "POST"), 307, "/form").follow);
}

TEST_CASE("a location that is missing or unusable is refused") {
  net::Response without;
  without.status = 302;
  const auto missing = decide_redirect(std::vector{hop("http://a.example/")}, 10, false, without);
  CHECK(missing.verdict.outcome == Outcome::RedirectRefused);
  CHECK(missing.verdict.reason == "no_location");
  CHECK(decide(hop("http://a.example/"), 302, "").verdict.reason == "no_location");

  auto twice = redirect(302, "/one");
  twice.headers.add("location", "/two");
  const auto many = decide_redirect(std::vector{hop("http://a.example/")}, 10, false, twice);
  CHECK(many.verdict.reason == "many_locations");

  for (const std::string location :
       {"file:///etc/passwd", "ftp://a.example/", "javascript:alert(1)", "data:text/html,x",
        "http://[::1", "http://a.example:99999/", "http://a b/", "http://u:p@a.example/",
        "http://2130706434/", "http://0x7f.1/", "http:///x", "http://", "\\\\evil\\x"}) {
    CAPTURE(location);
    const auto decision = decide(hop("http://a.example/"), 302, location);
    CHECK_FALSE(decision.follow);
    CHECK(decision.verdict.outcome == Outcome::RedirectRefused);
    CHECK(decision.verdict.reason == "bad_location");
    CHECK_FALSE(decision.verdict.detail.empty());
  }
}
