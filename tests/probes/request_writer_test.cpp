#include "probes/request_writer.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;

namespace {

config::Route route(const std::string& url) {
  config::Route result;
  result.name = "r";
  result.url = Url::parse(url).value();
  return result;
}

void add(config::Route& route, std::string name, std::string value) {
  route.headers.push_back({std::move(name), config::Secret(std::move(value))});
}

Hop first_hop(const config::Route& route) {
  return {route.url, route.method, true, true};
}

RequestDetails details() {
  return {"gatewatch/1", "00-aa-bb-01", TargetForm::Origin, ""};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a plain request says who asks, for what, and that the connection ends with it") {
  const auto plain = route("http://shop.example.com:8080/a?b=c");
  CHECK(write_request(plain, first_hop(plain), details()) ==
        "GET /a?b=c HTTP/1.1\r\n"
        "Host: shop.example.com:8080\r\n"
        "User-Agent: gatewatch/1\r\n"
        "Accept: */*\r\n"
        "Accept-Encoding: gzip, deflate\r\n"
        "traceparent: 00-aa-bb-01\r\n"
        "Connection: close\r\n"
        "\r\n");
}

TEST_CASE("configured headers take the place of ours, in any spelling") {
  auto custom = route("http://shop.example.com/");
  for (const auto* const name :
       {"host", "USER-AGENT", "Accept", "accept-encoding", "Traceparent", "Connection"}) {
    add(custom, name, "mine");
  }
  CHECK(write_request(custom, first_hop(custom), details()) ==
        "GET / HTTP/1.1\r\nhost: mine\r\nUSER-AGENT: mine\r\nAccept: mine\r\n"
        "accept-encoding: mine\r\nTraceparent: mine\r\nConnection: mine\r\n\r\n");
}

TEST_CASE("a body has its length, and a method that wants one says that there is none") {
  auto post = route("http://shop.example.com/");
  post.method = "POST";
  CHECK(has(write_request(post, first_hop(post), details()), "Content-Length: 0\r\n\r\n"));
  post.body = R"({"dry_run": true})";
  CHECK(has(write_request(post, first_hop(post), details()),
            "Content-Length: 17\r\n\r\n{\"dry_run\": true}"));
}

TEST_CASE("another origin gets neither credentials nor any header that could be one") {
  auto custom = route("http://shop.example.com/");
  for (const auto* const name :
       {"Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key", "Host"}) {
    add(custom, name, "CANARY");
  }
  add(custom, "Content-Type", "text/plain");
  add(custom, "Accept", "text/html");
  add(custom, "User-Agent", "me");
  const Hop elsewhere{Url::parse("http://other.example/").value(), "GET", true, false};
  const auto text = write_request(custom, elsewhere, details());
  CHECK_FALSE(has(text, "CANARY"));
  CHECK(has(text, "Host: other.example\r\n"));
  CHECK(has(text, "Content-Type: text/plain\r\n"));
  CHECK(has(text, "Accept: text/html\r\n"));
  CHECK(has(text, "User-Agent: me\r\n"));
}

TEST_CASE("a redirect that leaves the body behind leaves what described it behind") {
  auto post = route("http://shop.example.com/");
  post.method = "POST";
  post.body = "x=1";
  add(post, "Content-Type", "text/plain");
  add(post, "Content-Encoding", "identity");
  add(post, "Authorization", "Bearer t");
  const Hop after{post.url, "GET", false, true};
  const auto text = write_request(post, after, details());
  CHECK_FALSE(has(text, "Content-"));
  CHECK_FALSE(has(text, "x=1"));
  CHECK(has(text, "Authorization: Bearer t\r\n"));
}

TEST_CASE("a proxy gets the whole URL and its own credentials") {
  auto plain = route("http://[2001:db8::1]:8080/a");
  auto to_proxy = details();
  to_proxy.form = TargetForm::Absolute;
  to_proxy.proxy_authorization = "Basic dTpw";
  const auto text = write_request(plain, first_hop(plain), to_proxy);
  CHECK(
      text.starts_with("GET http://[2001:db8::1]:8080/a HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n"));
  CHECK(has(text, "Proxy-Authorization: Basic dTpw\r\n"));
}

TEST_CASE("what would break out of its line is refused, without the value being told") {
  auto plain = route("http://shop.example.com/");
  CHECK_FALSE(check_request(plain).has_value());
  add(plain, "X-Token", "SECRET\r\nX-Evil: 1");
  REQUIRE(check_request(plain).has_value());
  CHECK_FALSE(has(check_request(plain)->message, "SECRET"));
  for (const std::string name : {"", "a b", "a:b", "a\r\nb", "\xC3\xBC"}) {
    auto bad = route("http://shop.example.com/");
    add(bad, name, "x");
    CHECK(check_request(bad).has_value());
  }
  for (const std::string method : {"", "GET /", "G\r\nT", "CONNECT"}) {
    auto bad = route("http://shop.example.com/");
    bad.method = method;
    CHECK(check_request(bad).has_value());
  }
}
