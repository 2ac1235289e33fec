#include "daemon/web/host_policy.h"

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon::web;

namespace {

config::ListenAddress listen_on(const char* text) {
  return {.endpoint = *Endpoint::parse(text), .unix_path = {}};
}

}  // namespace

TEST_CASE("on loopback every loopback name is ours, and nothing else") {
  const auto listen = listen_on("127.0.0.1:9502");
  for (const auto* const host :
       {"127.0.0.1", "127.0.0.1:9502", "localhost", "LocalHost:8080", "[::1]:9502", "127.1.2.3"}) {
    CAPTURE(host);
    CHECK(is_own_host(host, listen, {}));
  }
  for (const auto* const host :
       {"", ":9502", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
        "192.0.2.1", "::1", "[::1", "[127.0.0.1]", "localhost:", "localhost:x", "localhost:80:80",
        "127.1", "2130706433", "0x7f.1", "localhost@evil.example", "evil.example:80@localhost"}) {
    CAPTURE(host);
    CHECK(is_own_host(host, listen, {}) == (std::string_view(host) == "localhost:"));
  }
}

TEST_CASE("on one address only this address is ours") {
  const auto listen = listen_on("192.0.2.1:80");
  CHECK(is_own_host("192.0.2.1", listen, {}));
  CHECK(is_own_host("192.0.2.1:80", listen, {}));
  CHECK_FALSE(is_own_host("192.0.2.2", listen, {}));
  CHECK_FALSE(is_own_host("localhost", listen, {}));
  CHECK_FALSE(is_own_host("127.0.0.1", listen, {}));
}

TEST_CASE("on all addresses any literal is ours, any other name is not") {
  for (const auto* const text : {"0.0.0.0:9502", "[::]:9502"}) {
    const auto listen = listen_on(text);
    CHECK(is_own_host("192.0.2.2:9502", listen, {}));
    CHECK(is_own_host("[2001:db8::1]", listen, {}));
    CHECK(is_own_host("localhost", listen, {}));
    CHECK_FALSE(is_own_host("evil.example", listen, {}));
  }
}

TEST_CASE("configured names are ours, with any port or with their own") {
  const auto listen = listen_on("192.0.2.1:80");
  const std::vector<std::string> hosts = {"watch.example.com", "other.example:8443"};
  CHECK(is_own_host("Watch.Example.com:1234", listen, hosts));
  CHECK(is_own_host("other.example:8443", listen, hosts));
  CHECK_FALSE(is_own_host("other.example:1", listen, hosts));
  CHECK_FALSE(is_own_host("a.watch.example.com", listen, hosts));
}

TEST_CASE("a Unix socket is localhost") {
  const config::ListenAddress listen{.endpoint = {}, .unix_path = "/run/gatewatch.sock"};
  CHECK(is_own_host("localhost", listen, {}));
  CHECK_FALSE(is_own_host("127.0.0.1", listen, {}));
  CHECK_FALSE(is_own_host("evil.example", listen, {}));
}
