#include "daemon/web/routes.h"

#include <set>
#include <string>
#include <utility>

#include <doctest/doctest.h>

using namespace gatewatch::daemon::web;

TEST_CASE("GET changes nothing: what changes something is control, and not by GET") {
  std::set<std::pair<std::string, std::string>> seen;
  for (const WebRoute& route : web_routes()) {
    CAPTURE(route.path);
    CHECK((route.method == "GET") == (route.access == Access::Read));
    CHECK(route.path.starts_with("/"));
    CHECK(seen.emplace(route.method, route.path).second);
  }
}

TEST_CASE("a path matches whole or not at all") {
  CHECK(match_route("GET", "/metrics").route != nullptr);
  CHECK(match_route("GET", "/").route != nullptr);
  for (const auto* const path : {"",
                                 "*",
                                 "metrics",
                                 "/metrics/",
                                 "//metrics",
                                 "/./metrics",
                                 "/x/../metrics",
                                 "/METRICS",
                                 "/%6detrics",
                                 "/metrics%00",
                                 "/metrics;x",
                                 "/metrics.html",
                                 "/api/v1/",
                                 "/api",
                                 "/..",
                                 "/../etc/passwd",
                                 "/..%2f..%2fetc/passwd",
                                 "/-/reload/",
                                 "/incidents",
                                 "/incidents/"}) {
    CAPTURE(path);
    CHECK(match_route("GET", path).allow.empty());
  }
}

TEST_CASE("an id is a number from 1 on") {
  CHECK(match_route("GET", "/incidents/1").id == 1);
  CHECK(match_route("GET", "/api/v1/incidents/9223372036854775807").id == 9223372036854775807);
  for (const auto* const id : {"0", "01", "-1", "+1", "1x", "x", "1/", "1/2", "%31", " 1",
                               "9223372036854775808", "99999999999999999999"}) {
    CAPTURE(id);
    CHECK(match_route("GET", std::string("/incidents/") + id).route == nullptr);
  }
}

TEST_CASE("HEAD follows GET, and other methods are told what is allowed") {
  CHECK(match_route("HEAD", "/metrics").route == match_route("GET", "/metrics").route);
  for (const auto* const method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get"}) {
    const RouteMatch match = match_route(method, "/metrics");
    CHECK(match.route == nullptr);
    CHECK(match.allow == "GET, HEAD");
  }
  CHECK(match_route("GET", "/-/reload").route == nullptr);
  CHECK(match_route("HEAD", "/-/reload").allow == "POST");
}
