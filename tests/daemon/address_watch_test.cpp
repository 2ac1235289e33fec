#include "daemon/address_watch.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

struct Scene {
  AddressWatch watch;

  // Whether the result that saw these addresses saw a change.
  bool changes(const std::string& route, const std::vector<std::string>& addresses) {
    std::vector<IpAddress> list;
    for (const auto& text : addresses) list.push_back(IpAddress::parse(text).value());
    Result result;
    result.route = route;
    result.resolved = ResolvedAddresses(std::move(list));
    watch.look_at(result);
    return result.addresses_changed;
  }
};

}  // namespace

TEST_CASE("a change of address is noted once, by the result that saw it first") {
  Scene scene;
  CHECK_FALSE(scene.changes("shop", {"192.0.2.1", "192.0.2.2"}));
  CHECK_FALSE(scene.changes("shop", {"192.0.2.2", "192.0.2.1"}));  // shuffled, not changed
  CHECK(scene.changes("shop", {"192.0.2.1"}));
  CHECK_FALSE(scene.changes("shop", {"192.0.2.1"}));
  CHECK_FALSE(scene.changes("other", {"192.0.2.9"}));
}

TEST_CASE("a failed lookup is no change, and what came back is compared with what was before") {
  Scene scene;
  CHECK_FALSE(scene.changes("shop", {"192.0.2.1"}));
  CHECK_FALSE(scene.changes("shop", {}));
  CHECK_FALSE(scene.changes("shop", {"192.0.2.1"}));
  CHECK_FALSE(scene.changes("shop", {}));
  CHECK(scene.changes("shop", {"192.0.2.2"}));
}

TEST_CASE("a route that was forgotten begins anew") {
  Scene scene;
  CHECK_FALSE(scene.changes("shop", {"192.0.2.1"}));
  scene.watch.forget("shop");
  CHECK_FALSE(scene.changes("shop", {"192.0.2.2"}));
}
