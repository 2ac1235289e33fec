#include "probes/result.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;

namespace {

ResolvedAddresses resolved(const std::vector<std::string>& texts) {
  std::vector<IpAddress> list;
  for (const auto& text : texts) list.push_back(IpAddress::parse(text).value());
  return ResolvedAddresses(std::move(list));
}

}  // namespace

TEST_CASE("resolved addresses are a set, whatever the order of the answer") {
  CHECK(resolved({"192.0.2.2", "192.0.2.1", "192.0.2.2"}) == resolved({"192.0.2.1", "192.0.2.2"}));
  CHECK(resolved({"192.0.2.1"}) != resolved({"192.0.2.2"}));
  CHECK(resolved({}) == ResolvedAddresses());
  CHECK(ResolvedAddresses().empty());
}

TEST_CASE("of many addresses the lowest are kept") {
  std::vector<std::string> many;
  for (int last = 200; last > 0; --last) many.push_back("192.0.2." + std::to_string(last));
  CHECK(resolved(many).list().size() == ResolvedAddresses::limit);
  CHECK(resolved(many).list().front().text() == "192.0.2.1");
}

TEST_CASE("results are equal when what they hold is, however it is shared") {
  Result left;
  Result right;
  left.resolved = resolved({"192.0.2.1"});
  right.resolved = resolved({"192.0.2.1"});
  CHECK(left == right);
}
