#include "daemon/web/request_target.h"

#include <doctest/doctest.h>

using namespace gatewatch::daemon::web;

TEST_CASE("path and query part at the first question mark") {
  const auto target = parse_request_target("/api/v1/results?route=shop%2Fcheckout&limit=1&x=a?b");
  REQUIRE(target);
  CHECK(target->path == "/api/v1/results");
  CHECK(target->query.at("route") == "shop/checkout");
  CHECK(target->query.at("limit") == "1");
  CHECK(target->query.at("x") == "a?b");
}

TEST_CASE("paths stay as they stood, for the table to miss them") {
  for (const auto* const path :
       {"/a%2fb", "/a/../b", "//metrics", "/metrics/", "/%2e%2e/", "/a\\b"}) {
    CHECK(parse_request_target(path)->path == path);
  }
}

TEST_CASE("an absolute target names its host") {
  CHECK(*parse_request_target("http://a:1/x?y=z") ==
        RequestTarget{.authority = "a:1", .path = "/x", .query = {{"y", "z"}}});
  CHECK(*parse_request_target("https://a") ==
        RequestTarget{.authority = "a", .path = "/", .query = {}});
  CHECK(parse_request_target("http://a?y")->path == "/");
  CHECK_FALSE(parse_request_target("http:///x"));
}

TEST_CASE("queries are decoded once, as forms are") {
  const auto target = parse_request_target("/?a=1+2&b=%2525&c&=d&&e=%c3%bc");
  REQUIRE(target);
  CHECK(target->query.at("a") == "1 2");
  CHECK(target->query.at("b") == "%25");
  CHECK(target->query.at("c").empty());
  CHECK(target->query.at("") == "d");
  CHECK(target->query.at("e") == "ü");
}

TEST_CASE("what cannot be one meaning is an error") {
  for (const auto* const target : {"/?a=%", "/?a=%2", "/?a=%zz", "/?a=%-1", "/?a=%ff", "/?a=%00",
                                   "/?a=1&a=2", "/?a=1&%61=2"}) {
    CAPTURE(target);
    CHECK_FALSE(parse_request_target(target));
  }
  std::string many = "/?";
  for (int i = 0; i < 40; ++i) many += "p" + std::to_string(i) + "=1&";
  CHECK_FALSE(parse_request_target(many));
}
