#include "config/validate.h"

#include "config/firing.h"
#include "tests/config/good_files.h"

using namespace gatewatch::config;

TEST_CASE("without a rule, the built-in ones apply and tell every channel") {
  const auto config = loaded("[[channel]]\nname = \"journal\"\ntype = \"log\"\n");
  REQUIRE(config.rules.size() == 3);
  CHECK(config.rules[0].name == "bad-gateway");
  CHECK(config.rules[0].notify == std::vector<std::string>{"journal"});
}

TEST_CASE("the built-in rule over certificates reaches back far enough for each route") {
  const auto config = loaded(
      "[[route]]\nname = \"fast\"\nurl = \"https://example.com/\"\n"
      "[[route]]\nname = \"slow\"\nurl = \"https://example.com/\"\ninterval = \"24h\"\n");
  const auto& rule = config.rules.back();
  REQUIRE(config.routes.size() == 2);
  CHECK(FiringNeeds(rule).window_for(config.routes[0]) == 1h);
  CHECK(FiringNeeds(rule).window_for(config.routes[1]) == 3 * 24h);
}

TEST_CASE("a built-in rule that cannot fire is a mistake") {
  const auto config = load_text(
      "[[route]]\nname = \"report\"\nurl = \"https://example.com/\"\ninterval = \"1h\"\n"
      "confirm = { times = 0 }\n",
      "test.toml", test_environment);
  REQUIRE_FALSE(config.has_value());
  CHECK(config.error().front().message.find("the built-in rule bad-gateway cannot fire") == 0);
}

TEST_CASE("confirmations let a rule fire within a window that its interval alone would not fill") {
  const auto config = loaded(
      "[[route]]\nname = \"report\"\nurl = \"https://example.com/\"\ninterval = \"1h\"\n"
      "[[rule]]\nname = \"r\"\nmatch = [\"failing\"]\nmin_samples = 6\n");
  CHECK(config.rules[0].window == 5min);
}
