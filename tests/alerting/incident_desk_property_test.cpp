// Random worlds by seed: what must hold of every history is checked at every step (step_audit.h).

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

using Random = std::mt19937;

int pick(Random& random, int first, int last) {
  return std::uniform_int_distribution(first, last)(random);
}

template <typename Value>
Value pick_of(Random& random, const std::vector<Value>& values) {
  return values[static_cast<std::size_t>(pick(random, 0, static_cast<int>(values.size()) - 1))];
}

config::Rule random_rule(Random& random, int number) {
  auto rule = make_rule("rule" + std::to_string(number),
                        pick_of<std::string>(random, {"bad_gateway", "failing", "unreachable",
                                                      "5xx", "cert_expiring"}));
  rule.rate = pick_of<double>(random, {0.0, 0.05, 0.5, 0.9});
  rule.confidence = pick_of<double>(random, {0.0, 0.5, 0.95, 0.99});
  rule.window = pick_of<config::Duration>(random, {10s, 60s, 300s});
  rule.min_samples = pick(random, 1, 5);
  rule.min_matches = pick(random, 1, rule.min_samples);
  rule.resolve_after = pick(random, 1, 6);
  rule.reopen = pick_of<config::Duration>(random, {0s, 60s, 600s});
  rule.regions.kind = pick_of<config::Quorum::Kind>(
      random, {config::Quorum::Kind::Any, config::Quorum::Kind::Majority, config::Quorum::Kind::All,
               config::Quorum::Kind::Count});
  rule.regions.count = pick(random, 1, 3);
  rule.severity = static_cast<config::Severity>(pick(random, 0, 2));
  rule.notify = pick_of<std::vector<std::string>>(random, {{}, {"slack"}, {"slack", "oncall"}});
  if (pick(random, 0, 1) == 1) rule.remind = pick_of<config::Duration>(random, {5min, 1h});
  return rule;
}

std::shared_ptr<config::Config> random_config(Random& random) {
  std::vector<config::Route> routes;
  for (int index = pick(random, 1, 6); index > 0; --index) {
    routes.push_back(make_route("route" + std::to_string(index),
                                pick_of<config::Duration>(random, {1s, 10s, 30s}),
                                pick_of<std::string>(random, {"one.example.com", "two"})));
  }
  std::vector<config::Rule> rules;
  for (int index = pick(random, 1, 4); index > 0; --index) {
    rules.push_back(random_rule(random, index));
  }
  return make_config(std::move(routes), std::move(rules));
}

// Each route goes through stretches of its own: healthy, failing in one way, or noisy.
ProbedWorld::Server random_server(Random& random) {
  return [&random](const std::string& route, const std::string& region,
                   std::chrono::microseconds time) {
    const auto stretch = std::hash<std::string>{}(route + std::to_string(time / 170s));
    auto answer = ok;
    const auto kind = stretch % 8;
    if (kind == 0) answer = bad_gateway;
    if (kind == 1) answer = refused;
    if (kind == 2 && region == "eu") answer = bad_gateway;
    if (kind == 3 && pick(random, 0, 3) == 0) answer = bad_gateway;
    if (kind == 4) answer = vantage;
    answer.cert_expiring = kind == 5;
    return answer;
  };
}

}  // namespace

TEST_CASE("every history is gapless, paired and told to whom it concerns") {
  std::size_t steps = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    const std::vector<std::string> all = {"eu", "us", "ap"};
    ProbedWorld world(random_config(random), random_server(random),
                      {all.begin(), all.begin() + pick(random, 1, 3)});
    std::chrono::microseconds time = 0s;
    for (int part = 0; part < 8; ++part) {
      time += std::chrono::seconds{pick(random, 60, 900)};
      world.run_until(time);
      const auto before = world.steps().size();
      const auto change = pick(random, 0, 3);
      if (change == 0) world.restart(std::chrono::seconds{pick(random, 1, 400)});
      if (change == 1) world.reload(random_config(random));
      // A restart by itself tells nothing; a reload only ends what is gone.
      CHECK((change != 0 || world.steps().size() == before));
      for (auto index = before; index < world.steps().size(); ++index) {
        CHECK(world.steps()[index].event.kind != "opened");
      }
    }
    steps += world.steps().size();
  }
  MESSAGE("steps audited: ", steps);
  CHECK(steps > 300);
}

TEST_CASE("an unchanged state is told once") {
  // Without reminders, a state that does not change brings no step, however long it lasts.
  for (const auto& answer : {ok, bad_gateway, refused}) {
    ProbedWorld world(
        make_config({make_route("a", 10s), make_route("b", 30s)}, config::built_in_rules({})),
        [answer](const std::string&, const std::string&, std::chrono::microseconds) {
          return answer;
        });
    world.run_until(10min);
    const auto steps = world.steps().size();
    world.run_until(6h);
    CHECK(world.steps().size() == steps);
  }
}
