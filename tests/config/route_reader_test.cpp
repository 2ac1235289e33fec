#include "config/route_reader.h"

#include "tests/config/good_files.h"

using namespace gatewatch::config;

namespace {

const Route& route_named(const Config& config, const std::string& id) {
  for (const auto& route : config.routes) {
    if (route.id() == id) return route;
  }
  FAIL("no route ", id);
  return config.routes.front();
}

std::string header(const Route& route, const std::string& name) {
  for (const auto& field : route.headers) {
    if (field.name == name) return field.value.reveal();
  }
  return "none";
}

}  // namespace

TEST_CASE("every key of a route is read") {
  const auto config = good("complete");
  const auto& route = route_named(config, "shop/checkout");
  CHECK(route.url.text() == "https://shop.example.com/api/checkout?dry=1");
  CHECK(route.method == "POST");
  CHECK(route.body == "{\"dry_run\": true}");
  CHECK(route.interval == 10s);
  CHECK(route.timeout == 5s);
  CHECK(route.confirm == Confirmation{1s, 3});
  CHECK(route.regions == std::vector<std::string>{"eu-*", "local"});
  CHECK(route.redirects == 0);
  CHECK(route.ip == IpPreference::V4);
  CHECK(route.addresses == AddressChoice::All);
  CHECK(route.resolver == "[2001:db8::53]:53");
  CHECK(route.proxy.reveal() == "socks5://proxy.example.com:1080");
  CHECK(route.origin == "http://10.0.3.7:8080");
  CHECK(route.runbook == "https://wiki.example.com/502");
  CHECK(route.max_body == 65536);
  CHECK(route.is_public);
  CHECK_FALSE(route.tls.verify);
  CHECK(route.tls.certificate == "/dev/null");
  CHECK(route.tls.key.reveal() == "-----BEGIN PRIVATE KEY-----");
  CHECK(route.tls.server_name == "shop.internal");
  CHECK(route.tls.min_version == TlsVersion::V1_3);
}

TEST_CASE("a route begins as the defaults; its tables complete theirs, its values replace them") {
  const auto config = good("complete");
  const auto& checkout = route_named(config, "shop/checkout");
  CHECK(checkout.tags == std::map<std::string, std::string>{{"team", "payments"}, {"tier", "2"}});
  CHECK(checkout.expect.latency == 2s);
  CHECK(checkout.headers.size() == 3);
  CHECK(header(checkout, "accept") == "application/json");
  CHECK(header(checkout, "X-Team") == "payments");
  CHECK(header(checkout, "Authorization") == "token-of-the-test");
  const auto& home = route_named(config, "site/home");
  CHECK(home.interval == 1min);
  CHECK(home.tags.at("tier") == "1");
  CHECK(header(home, "Accept") == "text/html");
}

TEST_CASE("a runbook is a link in ASCII, with its fragment") {
  const std::string route = "[[route]]\nname = \"home\"\nurl = \"http://example.com/\"\n";
  CHECK(loaded(route + "runbook = \"https://bücher.example/wiki?p=1#wenn-502-häufig\"\n")
            .routes.front()
            .runbook == "https://xn--bcher-kva.example/wiki?p=1#wenn-502-h%C3%A4ufig");
}

TEST_CASE("a timeout that nobody wrote is no longer than the interval") {
  const std::string route = "[[route]]\nname = \"home\"\nurl = \"http://example.com/\"\n";
  CHECK(loaded(route).routes.front().timeout == 10s);
  CHECK(loaded(route + "interval = \"5s\"\n").routes.front().timeout == 5s);
}

TEST_CASE("routes are sorted by their identity") {
  const auto config = good("complete");
  REQUIRE(config.routes.size() == 2);
  CHECK(config.routes[0].id() == "shop/checkout");
  CHECK(config.routes[1].id() == "site/home");
}
