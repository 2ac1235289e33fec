#include "probes/address_choice.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using config::AddressChoice;

namespace {

std::vector<IpAddress> addresses(const std::vector<std::string>& texts) {
  std::vector<IpAddress> result;
  for (const auto& text : texts) result.push_back(IpAddress::parse(text).value());
  return result;
}

std::vector<IpAddress> order(const std::vector<std::string>& resolved, AddressChoice choice,
                             std::uint64_t turn) {
  return order_addresses(addresses(resolved), choice, turn);
}

}  // namespace

TEST_CASE("first keeps the resolver's order") {
  CHECK(order({"192.0.2.3", "192.0.2.1"}, AddressChoice::First, 7) ==
        addresses({"192.0.2.3", "192.0.2.1"}));
}

TEST_CASE("rotate gives each address its turn, however the name server shuffles") {
  CHECK(order({"192.0.2.1", "192.0.2.2", "192.0.2.3"}, AddressChoice::Rotate, 0).front() ==
        addresses({"192.0.2.1"})[0]);
  CHECK(order({"192.0.2.3", "192.0.2.1", "192.0.2.2"}, AddressChoice::Rotate, 4) ==
        addresses({"192.0.2.2", "192.0.2.3", "192.0.2.1"}));
}

TEST_CASE("with all each address answers for itself, in its turn") {
  CHECK(order({"192.0.2.2", "2001:db8::1", "192.0.2.1"}, AddressChoice::All, 4) ==
        addresses({"192.0.2.2"}));
}

TEST_CASE("after the chosen address the families take turns") {
  CHECK(order({"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "192.0.2.3"},
              AddressChoice::First, 0) ==
        addresses({"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"}));
}

TEST_CASE("addresses that the policy denies are never tried") {
  const auto permitted = [](const std::vector<std::string>& texts) {
    return permitted_addresses(addresses(texts), TargetPolicy::standard());
  };
  CHECK(permitted({"169.254.169.254", "192.0.2.1"}) == addresses({"192.0.2.1"}));
  CHECK(permitted({"169.254.169.254", "fe80::1"}).empty());
}

TEST_CASE("a name with a thousand addresses costs no more than a few attempts") {
  std::vector<std::string> many;
  for (int count = 0; count < 1000; ++count) {
    many.push_back("10.0." + std::to_string(count / 250) + "." + std::to_string(count % 250));
  }
  CHECK(order(many, AddressChoice::Rotate, 999).size() == most_addresses_tried);
}
