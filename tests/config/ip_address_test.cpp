#include "config/ip_address.h"

#include <doctest/doctest.h>

using namespace gatewatch;

namespace {

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::parse(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

}  // namespace

TEST_CASE("addresses are read strictly and written in their shortest form") {
  CHECK(address("192.0.2.1").text() == "192.0.2.1");
  CHECK(address("2001:DB8:0::1").text() == "2001:db8::1");
  for (const auto* const text : {"", "1.2.3", "01.2.3.4", "1.2.3.4.5", "256.1.1.1", "0x7f.0.0.1",
                                 "[::1]", "::1%lo", "1.2.3.4:80", " 1.2.3.4", "::g"}) {
    CAPTURE(text);
    CHECK_FALSE(IpAddress::parse(text).has_value());
  }
  CHECK_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0", 8)).has_value());
}

TEST_CASE("an IPv4 address in IPv6 clothes is the IPv4 address") {
  CHECK(address("::ffff:169.254.169.254") == address("169.254.169.254"));
  CHECK(address("::ffff:7f00:1").is_loopback());
}

TEST_CASE("loopback and unspecified addresses are known") {
  CHECK(address("127.255.0.1").is_loopback());
  CHECK(address("::1").is_loopback());
  CHECK_FALSE(address("128.0.0.1").is_loopback());
  CHECK_FALSE(address("::2").is_loopback());
  CHECK(address("0.0.0.0").is_unspecified());
  CHECK(address("::").is_unspecified());
}

TEST_CASE("a network holds the addresses that share its prefix") {
  const auto network = IpNetwork::parse("10.1.128.0/17");
  REQUIRE(network.has_value());
  CHECK(network->contains(address("10.1.128.0")));
  CHECK(network->contains(address("10.1.255.255")));
  CHECK_FALSE(network->contains(address("10.1.127.255")));
  CHECK_FALSE(network->contains(address("::ffff:0:0")));
  CHECK(network->text() == "10.1.128.0/17");
  CHECK(IpNetwork::parse("0.0.0.0/0")->contains(address("203.0.113.7")));
  CHECK(IpNetwork::parse("::1")->prefix == 128);
  for (const auto* const text : {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "host"}) {
    CAPTURE(text);
    CHECK_FALSE(IpNetwork::parse(text).has_value());
  }
}

TEST_CASE("an endpoint is an address and a port") {
  CHECK(Endpoint::parse("192.0.2.1:80")->text() == "192.0.2.1:80");
  CHECK(Endpoint::parse("[2001:db8::1]:443")->text() == "[2001:db8::1]:443");
  for (const auto* const text : {"", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "::1:80",
                                 "[192.0.2.1]:80", "[::1]", "[]:80", "host:80", "192.0.2.1:+1"}) {
    CAPTURE(text);
    CHECK_FALSE(Endpoint::parse(text).has_value());
  }
}

TEST_CASE("the standard policy denies link-local addresses and cloud metadata, however spelled") {
  const auto policy = TargetPolicy::standard();
  CHECK_FALSE(policy.permits(address("169.254.169.254")));
  CHECK_FALSE(policy.permits(address("::ffff:169.254.169.254")));
  CHECK_FALSE(policy.permits(address("fe80::1")));
  CHECK_FALSE(policy.permits(address("fd00:ec2::254")));
  CHECK(policy.permits(address("127.0.0.1")));
  CHECK(policy.permits(address("203.0.113.7")));
}

TEST_CASE("what is allowed by name wins over what is denied") {
  auto policy = TargetPolicy::standard();
  policy.allow.push_back(IpNetwork::parse("169.254.1.0/24").value());
  CHECK(policy.permits(address("169.254.1.7")));
  CHECK_FALSE(policy.permits(address("169.254.2.7")));
}
