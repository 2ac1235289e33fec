#include "alerting/blindness.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "alerting/delivery/alertmanager_alert.h"
#include "alerting/delivery/message.h"
#include "tests/alerting/probed_world.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

const Blindness no_uplink{.what = "Monitor is blind in region eu",
                          .share = "4 of 4 unrelated hosts do not answer",
                          .diagnosis = "It is the network of gatewatch.",
                          .evidence = {"shop: timed out"}};

std::shared_ptr<config::Config> one_route() {
  return make_config({make_route("checkout", 30s)}, {make_rule("down", "failing")});
}

Notification told(const storage::IncidentStep& step) {
  return notification_from_json(step.deliveries.at(0).notification).value();
}

}  // namespace

TEST_CASE("a blind region is told once to every channel of the rules, and that it sees again") {
  IncidentDesk desk(one_route(), {});
  CHECK(desk.set_blindness("eu", no_uplink, world_start).empty());  // it settles
  CHECK(desk.is_blind("eu"));
  CHECK_FALSE(desk.is_blind("us"));
  const auto opened = desk.tick(world_start + 1s);
  REQUIRE(opened.size() == 1);
  CHECK(opened[0].event.kind == "opened");
  CHECK(opened[0].event.text ==
        "Monitor is blind in region eu: 4 of 4 unrelated hosts do not answer.");
  CHECK(opened[0].incident.gateway == "region eu");
  CHECK(opened[0].incident.severity == "warning");
  CHECK(opened[0].incident.routes.empty());
  REQUIRE(opened[0].deliveries.size() == 1);
  CHECK(opened[0].deliveries[0].channel == "slack");
  CHECK(desk.set_blindness("eu", no_uplink, world_start + 2s).empty());
  CHECK(desk.tick(world_start + 1h).empty());
  const auto resolved = desk.set_blindness("eu", std::nullopt, world_start + 2h);
  REQUIRE(resolved.size() == 1);
  CHECK(resolved[0].event.kind == "resolved");
  CHECK(resolved[0].event.text == "Resolved after 2h: the monitor sees again.");
  CHECK(resolved[0].deliveries.size() == 1);
  CHECK_FALSE(desk.is_blind("eu"));
}

TEST_CASE("a region that is blind for a moment only is not told") {
  IncidentDesk desk(one_route(), {});
  CHECK(desk.set_blindness("eu", no_uplink, world_start).empty());
  CHECK(desk.set_blindness("eu", std::nullopt, world_start + 400ms).empty());
  CHECK(desk.tick(world_start + 1h).empty());
}

TEST_CASE("a message of a blind region speaks of no route and no gateway") {
  IncidentDesk desk(one_route(), {});
  (void)desk.set_blindness("eu", no_uplink, world_start);
  const auto notification = told(desk.tick(world_start + 1s).at(0));
  CHECK(notification.monitor == no_uplink.share);
  const auto message = make_message(notification);
  CHECK(message.title == "Monitor is blind in region eu");
  const auto has = [&message](const std::string& label) {
    return std::ranges::any_of(message.facts,
                               [&label](const Fact& fact) { return fact.label == label; });
  };
  CHECK(has("Monitor"));
  CHECK(has("Diagnosis"));
  CHECK_FALSE(has("Gateway"));
  CHECK_FALSE(has("Failed"));
  CHECK(message.evidence == no_uplink.evidence);
  REQUIRE(alerts_of(notification).size() == 1);
  CHECK(alerts_of(notification)[0].labels.at("gateway") == "region eu");
}

TEST_CASE("after a restart a region is blind until somebody says that it sees") {
  IncidentDesk before(one_route(), {});
  (void)before.set_blindness("eu", no_uplink, world_start);
  auto step = before.tick(world_start + 1s).at(0);
  IncidentDesk after(one_route(), {});
  after.restore(
      {{.incident = step.incident, .events = {step.event}, .deliveries = step.deliveries}});
  CHECK(after.is_blind("eu"));
  CHECK(after.tick(world_start + 1min).empty());
  const auto resolved = after.set_blindness("eu", std::nullopt, world_start + 2min);
  REQUIRE(resolved.size() == 1);
  CHECK(resolved[0].event.kind == "resolved");
  CHECK(resolved[0].deliveries.size() == 1);
  CHECK(told(resolved[0]).headline() == no_uplink.what);
}

TEST_CASE("a reload leaves a blind region's incident as it is, with the channels that are new") {
  IncidentDesk desk(one_route(), {});
  (void)desk.set_blindness("eu", no_uplink, world_start);
  (void)desk.tick(world_start + 1s);
  auto config = one_route();
  config->rules[0].notify.emplace_back("oncall");
  CHECK(desk.reconfigure(config, {}, world_start + 2s).empty());
  const auto resolved = desk.set_blindness("eu", std::nullopt, world_start + 1h);
  REQUIRE(resolved.size() == 1);
  CHECK(resolved[0].deliveries.size() == 1);  // whoever was told
}
