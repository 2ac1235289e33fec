#include "daemon/site.h"

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

IpAddress address(const char* text) {
  return IpAddress::parse(text).value();
}

}  // namespace

TEST_CASE("a domain is what one owner has, and in doubt more") {
  CHECK(domain_of("www.shop.example.com") == "example.com");
  CHECK(domain_of("example.com.") == "example.com");
  CHECK(domain_of("www.example.co.uk") == "example.co.uk");
  CHECK(domain_of("example.co.uk") == "example.co.uk");
  CHECK(domain_of("shop.example.de") == "example.de");
  CHECK(domain_of("one.github.io") == domain_of("two.github.io"));
  CHECK(domain_of("db") == domain_of("cache"));
  CHECK(domain_of("192.0.2.1").empty());
  CHECK(domain_of("2001:db8::1").empty());
}

TEST_CASE("hosts of one domain are related, and hosts of one network") {
  const auto shop = site_of("shop.example.com", {address("192.0.2.1")});
  CHECK(shop.is_related(site_of("www.example.com", {address("198.51.100.1")})));
  CHECK(shop.is_related(site_of("www.example.org", {address("192.0.2.200")})));
  CHECK_FALSE(shop.is_related(site_of("www.example.org", {address("198.51.100.1")})));
  CHECK_FALSE(shop.is_related(site_of("www.example.org", {})));
  CHECK(shop.is_related(site_of("192.0.2.7", {})));
  CHECK_FALSE(site_of("192.0.2.1", {}).is_related(site_of("198.51.100.1", {})));
  CHECK(site_of("2001:db8:1::1", {}).is_related(site_of("2001:db8:1:2::1", {})));
  CHECK_FALSE(site_of("2001:db8:1::1", {}).is_related(site_of("2001:db8:2::1", {})));
}

TEST_CASE("hosts that share any network are related, and so is what they were found to be") {
  const auto zones = site_of("a.com", {address("192.0.2.1"), address("198.51.100.1")});
  auto other = site_of("b.net", {address("203.0.113.1"), address("198.51.100.9")});
  CHECK(zones.is_related(other));
  CHECK_FALSE(other.is_related(site_of("c.org", {address("192.0.2.9")})));
  other.absorb(zones);
  CHECK(other.is_related(site_of("c.org", {address("192.0.2.9")})));
  CHECK(other.is_related(site_of("www.a.com", {})));
  CHECK(other.networks.size() == 3);
}

TEST_CASE("the way to a loopback address stays on this machine") {
  CHECK(is_own_machine("127.0.0.1", {}));
  CHECK(is_own_machine("::1", {}));
  CHECK(is_own_machine("localhost.", {}));
  CHECK(is_own_machine("app.localhost", {}));
  CHECK(is_own_machine("app.example.com", {address("127.0.0.2")}));
  CHECK_FALSE(is_own_machine("app.example.com", {}));
  CHECK_FALSE(is_own_machine("192.0.2.1", {}));
}
