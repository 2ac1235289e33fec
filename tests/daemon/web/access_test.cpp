#include "daemon/web/access.h"

#include <initializer_list>
#include <utility>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon::web;

namespace {

net::Headers headers_of(std::initializer_list<std::pair<const char*, const char*>> list) {
  net::Headers headers;
  headers.add("Host", "localhost:9502");
  for (const auto& [name, value] : list) headers.add(name, value);
  return headers;
}

config::Daemon daemon_on(const char* address, const char* token) {
  config::Daemon daemon;
  daemon.listen.endpoint = *Endpoint::parse(address);
  daemon.token = config::Secret(token);
  return daemon;
}

constexpr const char* local = "127.0.0.1:9502";
constexpr const char* remote = "192.0.2.1:9502";
const std::pair<const char*, const char*> token{"Authorization", "Bearer s3cret"};
const std::pair<const char*, const char*> json{"Content-Type", "application/json"};

AccessVerdict control(const net::Headers& headers, const char* configured = "s3cret") {
  return judge_access(Access::Control, headers, daemon_on(local, configured));
}

}  // namespace

TEST_CASE("reads are open on loopback, with or without a token") {
  CHECK(judge_access(Access::Read, headers_of({}), daemon_on(local, "s3cret")) ==
        AccessVerdict::Granted);
  CHECK(judge_access(Access::Read, headers_of({}), daemon_on("[::1]:1", "")) ==
        AccessVerdict::Granted);
}

TEST_CASE("reads elsewhere need the token, unless they are anonymous") {
  config::Daemon daemon = daemon_on(remote, "s3cret");
  CHECK(judge_access(Access::Read, headers_of({}), daemon) == AccessVerdict::WrongToken);
  CHECK(judge_access(Access::Read, headers_of({token}), daemon) == AccessVerdict::Granted);
  daemon.anonymous_reads = true;
  CHECK(judge_access(Access::Read, headers_of({}), daemon) == AccessVerdict::Granted);
  // Without a token nobody reads from elsewhere, not even with an empty one.
  CHECK(judge_access(Access::Read, headers_of({{"Authorization", "Bearer "}}),
                     daemon_on(remote, "")) == AccessVerdict::WrongToken);
  CHECK(judge_access(Access::Read, headers_of({}), daemon_on("0.0.0.0:1", "x")) ==
        AccessVerdict::WrongToken);
}

TEST_CASE("only the whole token opens") {
  const auto daemon = daemon_on(remote, "s3cret");
  for (const auto* const value : {"Bearer s3cre", "Bearer s3crets", "Bearer  s3cret", "s3cret",
                                  "Basic s3cret", "Bearer S3CRET", "Bearer", ""}) {
    CAPTURE(value);
    CHECK(judge_access(Access::Read, headers_of({{"Authorization", value}}), daemon) ==
          AccessVerdict::WrongToken);
  }
  CHECK(judge_access(Access::Read, headers_of({{"authorization", "bearer s3cret"}}), daemon) ==
        AccessVerdict::Granted);
  CHECK(judge_access(Access::Read, headers_of({token, token}), daemon) ==
        AccessVerdict::WrongToken);
}

TEST_CASE("control needs token and JSON, on loopback too") {
  CHECK(control(headers_of({token, json})) == AccessVerdict::Granted);
  CHECK(control(headers_of({token, {"Content-Type", "Application/JSON; charset=utf-8"}})) ==
        AccessVerdict::Granted);
  CHECK(control(headers_of({json})) == AccessVerdict::WrongToken);
  CHECK(control(headers_of({token})) == AccessVerdict::NotJson);
  for (const auto* const type :
       {"text/plain", "application/jsonp", "text/plain; application/json"}) {
    CHECK(control(headers_of({token, {"Content-Type", type}})) == AccessVerdict::NotJson);
  }
  CHECK(control(headers_of({token, json}), "") == AccessVerdict::NoToken);
  auto anonymous = daemon_on(local, "s3cret");
  anonymous.anonymous_reads = true;
  CHECK(judge_access(Access::Control, headers_of({json}), anonymous) == AccessVerdict::WrongToken);
}

TEST_CASE("control never comes from a page of another site, even with the token") {
  for (const auto* const origin : {"http://evil.example", "null", "", "http://localhost",
                                   "http://localhost:9502.evil.example", "ftp://localhost:9502"}) {
    CAPTURE(origin);
    CHECK(control(headers_of({token, json, {"Origin", origin}})) == AccessVerdict::ForeignOrigin);
  }
  for (const auto* const site : {"cross-site", "same-site", "none"}) {
    CAPTURE(site);
    CHECK(control(headers_of({token, json, {"Sec-Fetch-Site", site}})) ==
          AccessVerdict::ForeignOrigin);
  }
  CHECK(control(headers_of({token,
                            json,
                            {"Origin", "https://LOCALHOST:9502"},
                            {"Sec-Fetch-Site", "same-origin"}})) == AccessVerdict::Granted);
}

TEST_CASE("texts are compared whole") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "xbc"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
}
