#include "config/match.h"

#include <doctest/doctest.h>

using namespace gatewatch::config;
using gatewatch::Outcome;

namespace {

MatchSet set_of(std::string_view text) {
  MatchSet set;
  REQUIRE_FALSE(set.add(text).has_value());
  return set;
}

}  // namespace

TEST_CASE("a set of statuses is made of codes, ranges and classes") {
  StatusSet set;
  CHECK(set.empty());
  for (const auto* const text : {"304", "401-403", "5xx"}) CHECK_FALSE(set.add(text).has_value());
  for (const int status : {304, 401, 403, 500, 599}) CHECK(set.contains(status));
  for (const int status : {-1, 0, 303, 305, 400, 404, 499, 600, 9999}) {
    CHECK_FALSE(set.contains(status));
  }
}

TEST_CASE("what is no status is refused with what would be right") {
  for (const auto* const text :
       {"", "20", "099", "600", "6xx", "0xx", "2x", "2xxx", "403-401", "200-", "-200", "2xx-3xx"}) {
    CAPTURE(text);
    StatusSet set;
    const auto error = set.add(text);
    REQUIRE(error.has_value());
    CHECK(error->message.find("\"2xx\"") != std::string::npos);
    CHECK(set.empty());
  }
}

TEST_CASE("the named sets are those of the specification") {
  const auto bad_gateway = set_of("bad_gateway");
  CHECK(bad_gateway.contains(Outcome::StatusMismatch, 502, false));
  CHECK_FALSE(bad_gateway.contains(Outcome::StatusMismatch, 504, false));
  const auto gateway_error = set_of("gateway_error");
  for (const int status : {502, 504, 520, 527, 530}) {
    CHECK(gateway_error.contains(Outcome::StatusMismatch, status, false));
  }
  for (const int status : {500, 503, 519, 528, 531}) {
    CHECK_FALSE(gateway_error.contains(Outcome::StatusMismatch, status, false));
  }
  const auto unreachable = set_of("unreachable");
  CHECK(unreachable.contains(Outcome::DnsFailure, 0, false));
  CHECK(unreachable.contains(Outcome::EmptyReply, 0, false));
  CHECK_FALSE(unreachable.contains(Outcome::StatusMismatch, 500, false));
  const auto failing = set_of("failing");
  CHECK(failing.contains(Outcome::Slow, 200, false));
  CHECK_FALSE(failing.contains(Outcome::Ok, 200, true));
}

TEST_CASE("an expected status matches nothing, and neither does a fault of our own") {
  const auto set = set_of("5xx");
  CHECK(set.contains(Outcome::StatusMismatch, 503, false));
  CHECK_FALSE(set.contains(Outcome::Ok, 503, false));
  auto everything = set_of("failing");
  CHECK_FALSE(everything.add("cert_expiring").has_value());
  CHECK_FALSE(everything.contains(Outcome::Vantage, 0, true));
}

TEST_CASE("a proxy's status is none of the target's") {
  CHECK_FALSE(set_of("bad_gateway").contains(Outcome::ProxyFailure, 502, false));
  CHECK(set_of("unreachable").contains(Outcome::ProxyFailure, 502, false));
  CHECK(set_of("proxy_failure").contains(Outcome::ProxyFailure, 502, false));
}

TEST_CASE("an expiring certificate matches whatever the outcome") {
  const auto set = set_of("cert_expiring");
  CHECK(set.contains(Outcome::Ok, 200, true));
  CHECK(set.contains(Outcome::Slow, 200, true));
  CHECK_FALSE(set.contains(Outcome::Ok, 200, false));
}

TEST_CASE("what a rule cannot match is refused") {
  for (const auto* const text : {"", "ok", "vantage", "bad-gateway", "600", "6xx"}) {
    CAPTURE(text);
    MatchSet set;
    CHECK(set.add(text).has_value());
    CHECK(set.empty());
  }
}

TEST_CASE("a set includes what matches no more than it") {
  const auto set = [](std::initializer_list<const char*> texts) {
    MatchSet made;
    for (const auto* text : texts) CHECK_FALSE(made.add(text).has_value());
    return made;
  };
  CHECK(set({"bad_gateway"}).includes(set({"bad_gateway"})));
  CHECK(set({"gateway_error"}).includes(set({"bad_gateway"})));
  CHECK_FALSE(set({"bad_gateway"}).includes(set({"gateway_error"})));
  CHECK(set({"failing"}).includes(set({"unreachable"})));
  CHECK_FALSE(set({"unreachable"}).includes(set({"failing"})));
  CHECK(set({"502", "cert_expiring"}).includes(set({"cert_expiring"})));
  CHECK_FALSE(set({"5xx", "failing"}).includes(set({"cert_expiring"})));
}
