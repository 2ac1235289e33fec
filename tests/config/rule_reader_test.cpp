#include "config/rule_reader.h"

#include "tests/config/good_files.h"

using namespace gatewatch::config;
using gatewatch::Outcome;

TEST_CASE("every key of a rule is read") {
  const auto config = good("complete");
  REQUIRE(config.rules.size() == 2);
  const auto& rule = config.rules[0];
  CHECK(rule.name == "bad-gateway");
  CHECK(rule.routes == std::vector<std::string>{"shop/*"});
  CHECK(rule.tags == std::map<std::string, std::string>{{"team", "payments"}});
  CHECK(rule.match_texts == std::vector<std::string>{"bad_gateway", "503", "timeout"});
  CHECK(rule.match.contains(Outcome::StatusMismatch, 503, false));
  CHECK(rule.match.contains(Outcome::Timeout, 0, false));
  CHECK_FALSE(rule.match.contains(Outcome::StatusMismatch, 500, false));
  CHECK(rule.rate == doctest::Approx(0.1));
  CHECK(rule.window == 10min);
  CHECK(rule.confidence == doctest::Approx(0.9));
  CHECK(rule.min_samples == 4);
  CHECK(rule.min_matches == 3);
  CHECK(rule.resolve_after == 6);
  CHECK(rule.reopen == 5min);
  CHECK(rule.regions.kind == Quorum::Kind::All);
  CHECK(rule.severity == Severity::Warning);
  CHECK(rule.notify == std::vector<std::string>{"ops-slack", "oncall"});
  CHECK(rule.remind == 4h);
}

TEST_CASE("a rule that names no channel tells every one; an empty list tells none") {
  const auto config = good("complete");
  CHECK(config.rules[1].notify == std::vector<std::string>{"ops-slack", "oncall", "hook", "journal",
                                                           "pager", "genie", "teams", "discord",
                                                           "telegram", "ntfy", "whatsapp",
                                                           "alertmanager"});
  const auto silent = loaded(
      "[[rule]]\nname = \"r\"\nmatch = [\"failing\"]\nnotify = []\n"
      "[[channel]]\nname = \"journal\"\ntype = \"log\"\n");
  CHECK(silent.rules[0].notify.empty());
}

TEST_CASE("the quorum of regions is a word or a number") {
  const auto quorum = [](const std::string& regions) {
    return loaded("[[rule]]\nname = \"r\"\nmatch = [\"failing\"]\nregions = " + regions + "\n")
        .rules[0]
        .regions;
  };
  CHECK(quorum("\"any\"").kind == Quorum::Kind::Any);
  CHECK(quorum("\"majority\"").kind == Quorum::Kind::Majority);
  CHECK(quorum("1") == Quorum{Quorum::Kind::Count, 1});
}

TEST_CASE("an escalation tells further channels later, each step after the one before it") {
  const auto channels = [](const std::string& rule) {
    return "[[channel]]\nname = \"ops\"\ntype = \"log\"\n[[channel]]\nname = \"boss\"\ntype = "
           "\"log\"\n"
           "[[rule]]\nname = \"r\"\nmatch = [\"failing\"]\n" +
           rule;
  };
  const auto rule = loaded(channels("escalate = [{ after = \"15m\", notify = [\"boss\"] },"
                                    "{ after = \"1h\", notify = [\"ops\", \"boss\"] }]\n"))
                        .rules[0];
  REQUIRE(rule.escalate.size() == 2);
  CHECK(rule.escalate[0] == Escalation{15min, {"boss"}});
  CHECK(rule.escalate[1] == Escalation{1h, {"ops", "boss"}});
  CHECK(rule.notify.empty());  // whom it tells later it does not tell at once
  const auto mistake = [&channels](const std::string& escalate) {
    const auto config =
        load_text(channels("escalate = " + escalate + "\n"), "test.toml", test_environment);
    REQUIRE_FALSE(config.has_value());
    return config.error().front().message;
  };
  CHECK(mistake("[{ after = \"15m\", notify = [\"bos\"] }]") ==
        "escalate: there is no channel \"bos\" (did you mean \"boss\"?)");
  CHECK(
      mistake(
          "[{ after = \"15m\", notify = [\"boss\"] }, { after = \"15m\", notify = [\"ops\"] }]") ==
      "after is not later than the step before it");
  CHECK(mistake("[{ notify = [\"boss\"] }]").starts_with("after is missing"));
  CHECK(mistake("[{ after = \"15m\" }]").starts_with("notify must name whom to tell"));
  CHECK(mistake("[{ after = \"15m\", notify = [\"boss\"], tell = 1 }]").find("tell") !=
        std::string::npos);
}
