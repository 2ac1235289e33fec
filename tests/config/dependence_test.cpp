#include "config/dependence.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/config/good_files.h"

using namespace gatewatch::config;

namespace {

using Ids = std::vector<std::string>;

Config chain() {
  return loaded(R"(
[[route]]
name = "app"
url = "https://app.example.com/"
depends_on = ["proxy", "database"]
[[route]]
name = "proxy"
url = "https://proxy.example.com/"
depends_on = ["router"]
[[route]]
name = "database"
url = "https://database.example.com/"
depends_on = ["router"]
[[route]]
name = "router"
url = "https://router.example.com/"
)");
}

}  // namespace

TEST_CASE("parents are known over every step, the nearest first, and dependents the other way") {
  const Dependence dependence(chain().routes);
  CHECK(dependence.parents("app") == Ids{"proxy", "database", "router"});
  CHECK(dependence.parents("proxy") == Ids{"router"});
  CHECK(dependence.parents("router").empty());
  CHECK(dependence.parents("unknown").empty());
  CHECK(dependence.dependents("router") == Ids{"app", "database", "proxy"});
  CHECK(dependence.dependents("app").empty());
  CHECK_FALSE(dependence.empty());
  CHECK(Dependence().empty());
}
