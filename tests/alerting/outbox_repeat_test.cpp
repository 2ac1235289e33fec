// The outbox with a receiver that forgets what it is not told again: Alertmanager.

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/alerting/delivery/outbox_world.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using storage::DeliveryState;
using Keys = std::vector<std::string>;

namespace {

config::Channel alertmanager() {
  return {"am", config::AlertmanagerChannel{{config::Secret("https://am.example.com")}, {}}};
}

storage::DeliveryRecord end_of(const OutboxWorld& world, std::int64_t incident,
                               std::int64_t sequence) {
  auto record = world.delivery("am", incident, sequence);
  auto notification = resolution();
  notification.incident = incident;
  notification.sequence = sequence;
  record.notification = to_json_text(notification);
  return record;
}

}  // namespace

TEST_CASE("what fires is told again every minute, delivered once, and pending no more") {
  OutboxWorld world;
  world.restart({alertmanager(), webhook("ops")});
  world.outbox->add({world.delivery("am", 1, 1), world.delivery("ops", 1, 1)});
  world.network.run_for(10min + 30s);
  REQUIRE(world.sent.size() == 1 + 11);
  CHECK(world.sent[3].at - world.sent[2].at >= 60s);
  CHECK(world.sent[3].at - world.sent[2].at < 61s);
  const auto& record = world.recorded.at("1.1.am");
  CHECK(record.state == DeliveryState::Delivered);
  CHECK(record.attempts == 1);
  const auto statistics = world.outbox->statistics().at("am");
  CHECK(statistics.delivered == 1);
  CHECK(statistics.pending == 0);
  CHECK_FALSE(statistics.oldest_pending.has_value());
}

TEST_CASE("a newer word takes the place of the older one, and the end is told once") {
  OutboxWorld world;
  world.restart({alertmanager()});
  world.outbox->add({world.delivery("am", 1, 1)});
  world.network.run_for(90s);
  world.outbox->add({world.delivery("am", 1, 2)});
  world.network.run_for(70s);
  CHECK(world.sent_keys() == Keys{"1.1.am", "1.1.am", "1.2.am", "1.2.am"});
  world.sent.clear();
  world.outbox->add({end_of(world, 1, 3)});
  world.network.run_for(1h);
  CHECK(world.sent_keys() == Keys{"1.3.am"});
  CHECK(world.recorded.at("1.3.am").state == DeliveryState::Delivered);
}

TEST_CASE("an end that comes while the opening is being told again waits for its answer") {
  OutboxWorld world;
  world.restart({alertmanager()});
  world.answer = [](const Request&) { return FakeAnswer{delivered(), 5s}; };
  world.outbox->add({world.delivery("am", 1, 1)});
  world.network.run_for(5s + 60s + 1s);
  REQUIRE(world.sent_keys() == Keys{"1.1.am", "1.1.am"});
  world.outbox->add({end_of(world, 1, 2)});
  world.network.run_for(1s);
  CHECK(world.sent.size() == 2);
  world.network.run_for(10min);
  CHECK(world.sent_keys() == Keys{"1.1.am", "1.1.am", "1.2.am"});
}

TEST_CASE("a repetition that fails is made up for by the next one, for days") {
  OutboxWorld world;
  world.restart({alertmanager()});
  world.outbox->add({world.delivery("am", 1, 1)});
  world.network.run_for(1s);
  world.answer = [](const Request&) { return FakeAnswer{permanent()}; };
  world.network.run_for(48h);
  CHECK(world.outbox->statistics().at("am").last_error == "HTTP 404");
  CHECK(world.recorded.at("1.1.am").state == DeliveryState::Delivered);
  world.answer = [](const Request&) { return FakeAnswer{delivered()}; };
  world.network.run_for(1min);
  CHECK(world.outbox->statistics().at("am").last_error.empty());
}

TEST_CASE("after a restart what was told last of an open incident is told again at once") {
  OutboxWorld world;
  world.restart({alertmanager(), webhook("ops")});
  auto first = world.delivery("am", 1, 1);
  auto second = world.delivery("am", 1, 2);
  auto other = world.delivery("ops", 1, 1);
  for (auto* const record : {&first, &second, &other}) record->state = DeliveryState::Delivered;
  world.outbox->add({first, second, other});
  world.network.run_for(90s);
  CHECK(world.sent_keys() == Keys{"1.2.am", "1.2.am"});
  CHECK(world.recorded.empty());
}

TEST_CASE("a channel that is removed or becomes another kind repeats nothing") {
  OutboxWorld world;
  world.restart({alertmanager()});
  world.outbox->add({world.delivery("am", 1, 1)});
  world.network.run_for(1s);
  SUBCASE("removed") {
    world.outbox->set_channels({});
  }
  SUBCASE("another kind") {
    world.outbox->set_channels({webhook("am")});
  }
  SUBCASE("another kind while it is being told") {
    world.answer = [](const Request&) { return FakeAnswer{delivered(), 5s}; };
    world.network.run_for(61s);
    REQUIRE(world.sent.size() == 2);
    world.outbox->set_channels({webhook("am")});
    world.network.run_for(5s);
  }
  const auto sent = world.sent.size();
  world.network.run_for(1h);
  CHECK(world.sent.size() == sent);
  CHECK(world.recorded.at("1.1.am").state == DeliveryState::Delivered);
}

TEST_CASE("a changed channel is told at once what goes on") {
  OutboxWorld world;
  world.restart({alertmanager()});
  world.outbox->add({world.delivery("am", 1, 1)});
  world.network.run_for(1s);
  auto moved = alertmanager();
  std::get<config::AlertmanagerChannel>(moved.type).ca = "/ca.pem";
  world.outbox->set_channels({moved});
  world.network.run_for(1s);
  CHECK(world.sent_keys() == Keys{"1.1.am", "1.1.am"});
}
