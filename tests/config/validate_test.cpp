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

TEST_CASE("a chain of fallbacks ends somewhere") {
  const auto channel = [](const std::string& name, const std::string& fallback) {
    return "[[channel]]\nname = \"" + name + "\"\ntype = \"log\"\n" +
           (fallback.empty() ? "" : "fallback = \"" + fallback + "\"\n");
  };
  const auto mistakes = [](const std::string& text) {
    std::vector<std::string> messages;
    const auto config = load_text(text, "test.toml", test_environment);
    if (config) return messages;
    for (const auto& mistake : config.error()) messages.push_back(mistake.message);
    return messages;
  };
  const auto chain = channel("a", "b") + channel("b", "c") + channel("c", "");
  CHECK(loaded(chain).channels[0].fallback == "b");
  CHECK(mistakes(channel("a", "a")) ==
        std::vector<std::string>{"fallback: a → a goes round in a circle"});
  CHECK(mistakes(channel("a", "b") + channel("b", "c") + channel("c", "b")) ==
        std::vector<std::string>{"fallback: b → c → b goes round in a circle",
                                 "fallback: c → b → c goes round in a circle"});
  CHECK(mistakes(channel("ops", "") + channel("a", "opps")) ==
        std::vector<std::string>{"fallback: there is no channel \"opps\" (did you mean \"ops\"?)"});
}
