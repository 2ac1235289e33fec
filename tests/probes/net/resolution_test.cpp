#include "probes/net/resolution.h"

#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace gatewatch::net {
namespace {

using namespace std::chrono_literals;
using config::IpPreference;

const IpAddress v4 = IpAddress::parse("192.0.2.1").value();
const IpAddress v6 = IpAddress::parse("2001:db8::1").value();

AresAnswer found(const IpAddress& address, std::chrono::seconds ttl) {
  return {.status = DnsStatus::Ok, .addresses = {address}, .ttl = ttl};
}

AresAnswer failed(DnsStatus status) {
  return {.status = status, .addresses = {}, .ttl = {}};
}

std::optional<Resolution> merged_of(const FamilyAnswers& answers, bool patient) {
  return merge({IpFamily::V4, IpFamily::V6}, answers, patient);
}

TEST_CASE("names are lower case without a final dot, and bad ones are refused") {
  CHECK(canonical_name("Shop.Example.") == "shop.example");
  CHECK(canonical_name("_sip.under_score") == "_sip.under_score");
  CHECK(canonical_name(std::string(63, 'a') + ".b").has_value());
  CHECK_FALSE(canonical_name(std::string(64, 'a') + ".b").has_value());
  std::string long_name = "a";
  while (long_name.size() < 253) long_name += ".a";
  CHECK(canonical_name(long_name).has_value());
  CHECK_FALSE(canonical_name(long_name + ".a").has_value());
  for (const auto* const name : {"", ".", "..", "a..b", ".a", "a b", "a\\b", "ä.test", "a\nb"}) {
    CAPTURE(name);
    CHECK_FALSE(canonical_name(name).has_value());
  }
  CHECK_FALSE(canonical_name(std::string("a\0b", 3)).has_value());
}

TEST_CASE("a family that fails hurts nothing while the other has addresses") {
  for (const auto status :
       {DnsStatus::NxDomain, DnsStatus::ServFail, DnsStatus::Timeout, DnsStatus::NoAddress}) {
    const auto merged = merged_of({found(v4, 30s), failed(status)}, true);
    REQUIRE(merged.has_value());
    CHECK(merged->status == DnsStatus::Ok);
    CHECK(merged->addresses == std::vector{v4});
    // Not to have an address of a family is no fault.
    const bool broken = status == DnsStatus::ServFail || status == DnsStatus::Timeout;
    CHECK(merged->broken_family == (broken ? std::optional(IpFamily::V6) : std::nullopt));
    CHECK(merged->detail.empty() != broken);
  }
  CHECK(merged_of({failed(DnsStatus::ServFail), found(v6, 30s)}, true)->broken_family ==
        IpFamily::V4);
  CHECK(merged_of({found(v4, 30s), std::nullopt}, false)->detail ==
        "its IPv6 addresses are not known: timeout");
}

TEST_CASE("addresses of both families are joined, with the shorter TTL") {
  const auto merged = merged_of({found(v4, 30s), found(v6, 20s)}, true);
  REQUIRE(merged.has_value());
  CHECK(merged->addresses == std::vector{v4, v6});
  CHECK(merged->ttl == 20s);
}

TEST_CASE("a silent family is waited for as long as there is patience") {
  CHECK_FALSE(merged_of({found(v4, 30s), std::nullopt}, true).has_value());
  CHECK(merged_of({found(v4, 30s), std::nullopt}, false).has_value());
  CHECK_FALSE(merged_of({failed(DnsStatus::NoAddress), std::nullopt}, false).has_value());
}

TEST_CASE("of two failures the more telling one counts") {
  CHECK_FALSE(merged_of({failed(DnsStatus::NxDomain), std::nullopt}, true).has_value());
  CHECK(merged_of({failed(DnsStatus::NxDomain), std::nullopt}, false)->status ==
        DnsStatus::NxDomain);
  CHECK(merged_of({failed(DnsStatus::NoAddress), failed(DnsStatus::NoAddress)}, true)->status ==
        DnsStatus::NoAddress);
  CHECK(merged_of({failed(DnsStatus::NoAddress), failed(DnsStatus::Timeout)}, true)->status ==
        DnsStatus::Timeout);
}

TEST_CASE("a name is tried as it is and under the search domains, in the order of its dots") {
  using Names = std::vector<std::string>;
  const SearchList list{.domains = {"Corp.Example.", "lab.example"}, .dots = 2};
  CHECK(names_to_ask("shop", false, list) ==
        Names{"shop.corp.example", "shop.lab.example", "shop"});
  CHECK(names_to_ask("a.b.c", false, list) ==
        Names{"a.b.c", "a.b.c.corp.example", "a.b.c.lab.example"});
  CHECK(names_to_ask("shop", true, list) == Names{"shop"});
  CHECK(names_to_ask("shop", false, SearchList{}) == Names{"shop"});
  CHECK(names_to_ask("shop", false, {.domains = {".", std::string(252, 'a')}, .dots = 1}) ==
        Names{"shop"});
  const SearchList long_list{.domains = Names(100, "example"), .dots = 1};
  CHECK(names_to_ask("shop", false, long_list).size() == 7);
}

TEST_CASE("the failure of several names is the one that may pass, then that of one that exists") {
  CHECK(more_telling(DnsStatus::NxDomain, DnsStatus::ServFail) == DnsStatus::ServFail);
  CHECK(more_telling(DnsStatus::NoAddress, DnsStatus::NxDomain) == DnsStatus::NoAddress);
  CHECK(more_telling(DnsStatus::NxDomain, DnsStatus::NxDomain) == DnsStatus::NxDomain);
  CHECK(leads_to_next_name(DnsStatus::NoAddress));
  CHECK_FALSE(leads_to_next_name(DnsStatus::Timeout));
  CHECK_FALSE(leads_to_next_name(DnsStatus::Ok));
}

TEST_CASE("at most 64 addresses are kept") {
  const AresAnswer many{
      .status = DnsStatus::Ok, .addresses = std::vector<IpAddress>(100, v4), .ttl = 1s};
  CHECK(merged_of({many, many}, true)->addresses.size() == 64);
}

TEST_CASE("answers are kept between one second and one minute") {
  CHECK(cache_time(0s) == 1s);
  CHECK(cache_time(30s) == 30s);
  CHECK(cache_time(24h) == 60s);
}

TEST_CASE("only the wanted family counts") {
  CHECK(resolution_of({v4, v6}, IpPreference::V6, "x").addresses == std::vector{v6});
  CHECK(resolution_of({v4}, IpPreference::V6, "x").status == DnsStatus::NoAddress);
}

}  // namespace
}  // namespace gatewatch::net
