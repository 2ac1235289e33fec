// What a channel does not take is told through another one.

#include "alerting/fallback.h"

#include <algorithm>
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

config::Channel with_fallback(config::Channel channel, const std::string& fallback) {
  channel.fallback = fallback;
  return channel;
}

// ops, then mail, then pager.
std::vector<config::Channel> chain() {
  return {with_fallback(webhook("ops"), "mail"), with_fallback(webhook("mail"), "pager"),
          webhook("pager")};
}

// These channels refuse everything.
void refuse(OutboxWorld& world, const std::vector<std::string>& names) {
  world.answer = [names](const Request& request) {
    const bool refuses = std::ranges::find(names, channel_of(request)) != names.end();
    return FakeAnswer{refuses ? permanent() : delivered()};
  };
}

std::vector<std::string> notes_of(const storage::DeliveryRecord& record) {
  return notification_from_json(record.notification)->notes;
}

}  // namespace

TEST_CASE("what is refused goes to the fallback, which is told why, and to nobody else") {
  OutboxWorld world;
  world.restart(chain());
  refuse(world, {"ops"});
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(5s);
  CHECK(world.sent_keys() == Keys{"1.1.ops", "1.1.ops+mail"});
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Failed);
  const auto& instead = world.recorded.at("1.1.ops+mail");
  CHECK(instead.state == DeliveryState::Delivered);
  CHECK(instead.channel == "mail");
  CHECK(instead.sequence == 1);
  CHECK(notes_of(instead) == Keys{"Told here because ops did not take it: HTTP 404."});
  CHECK(is_fallback(instead));
  CHECK_FALSE(is_fallback(world.recorded.at("1.1.ops")));
}

TEST_CASE("who heard of the beginning in place of a channel hears of the end that it took") {
  OutboxWorld world;
  world.restart(chain());
  refuse(world, {"ops"});
  world.outbox->add({world.delivery("ops", 1, 1), world.delivery("ops", 2, 1)});
  world.network.run_for(5s);
  REQUIRE(world.recorded.contains("1.1.ops+mail"));
  SUBCASE("in one run") {}
  SUBCASE("over a restart") {
    std::vector<storage::DeliveryRecord> stored;
    for (const auto& [key, record] : world.recorded) stored.push_back(record);
    world.restart(chain());
    world.outbox->add(stored);
  }
  refuse(world, {});
  const auto resolved = [&world](std::int64_t incident) {
    auto record = world.delivery("ops", incident, 2);
    auto notification = *notification_from_json(record.notification);
    notification.kind = NotificationKind::Resolved;
    record.notification = to_json_text(notification);
    return record;
  };
  world.outbox->add({world.delivery("ops", 2, 2), resolved(1), world.delivery("mail", 3, 1)});
  world.network.run_for(60s);
  CHECK(world.recorded.at("1.2.ops").state == DeliveryState::Delivered);
  CHECK(world.recorded.at("1.2.ops+mail").state == DeliveryState::Delivered);
  CHECK_FALSE(world.recorded.contains("2.2.ops+mail"));  // it goes on, and ops hears of it
}

TEST_CASE("that somebody takes care is told through no other channel") {
  OutboxWorld world;
  world.restart(chain());
  refuse(world, {"ops"});
  auto record = world.delivery("ops", 1, 1);
  auto notification = *notification_from_json(record.notification);
  notification.kind = NotificationKind::Acknowledged;
  record.notification = to_json_text(notification);
  world.outbox->add({record});
  world.network.run_for(5s);
  CHECK(world.sent_keys() == Keys{"1.1.ops"});
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Failed);
}

TEST_CASE("a chain of fallbacks is gone through to its end") {
  OutboxWorld world;
  world.restart(chain());
  refuse(world, {"ops", "mail"});
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(5s);
  CHECK(world.sent_keys() == Keys{"1.1.ops", "1.1.ops+mail", "1.1.ops+mail+pager"});
  CHECK(notes_of(world.recorded.at("1.1.ops+mail+pager")).size() == 2);
  refuse(world, {"ops", "mail", "pager"});
  world.outbox->add({world.delivery("ops", 1, 2)});
  world.network.run_for(5s);
  CHECK(world.sent_keys().size() == 6);
  CHECK(world.recorded.at("1.2.ops+mail+pager").state == DeliveryState::Failed);
}

TEST_CASE("what was in vain for a day goes to the fallback") {
  OutboxWorld world;
  world.restart(chain());
  world.answer = [](const Request& request) {
    return FakeAnswer{channel_of(request) == "ops" ? transient() : delivered()};
  };
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(23h);
  CHECK_FALSE(world.recorded.contains("1.1.ops+mail"));
  world.network.run_for(2h);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Failed);
  CHECK(world.recorded.at("1.1.ops+mail").state == DeliveryState::Delivered);
}

TEST_CASE("a process that ends anywhere in between neither loses nor repeats it") {
  // What was recorded up to the end, record by record.
  OutboxWorld first;
  std::vector<storage::DeliveryRecord> records;
  const auto notice = [&records](const storage::DeliveryRecord& record) {
    records.push_back(record);
  };
  first.restart(chain());
  refuse(first, {"ops"});
  first.outbox.reset();
  first.outbox = std::make_unique<Outbox>(first.network, *first.sender, OutboxLimits{}, 7, notice);
  first.outbox->set_channels(chain());
  first.outbox->add({first.delivery("ops", 1, 1)});
  first.network.run_for(5s);
  REQUIRE(records.size() == 3);
  CHECK(records[0].key == "1.1.ops+mail");
  CHECK(records[1].key == "1.1.ops");
  for (std::size_t survived = 0; survived <= records.size(); ++survived) {
    CAPTURE(survived);
    OutboxWorld world;
    world.recorded["1.1.ops"] = world.delivery("ops", 1, 1);
    for (std::size_t at = 0; at < survived; ++at) world.recorded[records[at].key] = records[at];
    std::vector<storage::DeliveryRecord> stored;
    for (const auto& [key, record] : world.recorded) stored.push_back(record);
    world.restart(chain());
    refuse(world, {"ops"});
    world.outbox->add(stored);
    world.network.run_for(5s);
    CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Failed);
    CHECK(world.recorded.at("1.1.ops+mail").state == DeliveryState::Delivered);
    CHECK(std::ranges::count(world.sent_keys(), "1.1.ops+mail") == (survived < 3 ? 1 : 0));
  }
}

TEST_CASE("a channel that was taken out of the configuration falls back to nobody") {
  OutboxWorld world;
  world.restart(chain());
  world.answer = [](const Request&) { return FakeAnswer{transient()}; };
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(5s);
  world.outbox->set_channels({webhook("mail"), webhook("pager")});
  world.network.run_for(1h);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Failed);
  CHECK_FALSE(world.recorded.contains("1.1.ops+mail"));
}

TEST_CASE("a channel that failed before a restart fails until it is seen to work") {
  OutboxWorld world;
  world.restart(chain());
  const auto ended = [&world](std::int64_t incident, DeliveryState state, Timestamp when) {
    auto record = world.delivery("ops", incident, 1);
    record.state = state;
    record.finished = when;
    if (state == DeliveryState::Failed) record.last_error = "HTTP 404";
    return record;
  };
  const auto now = world.network.clock().wall_now();
  world.outbox->add({ended(2, DeliveryState::Failed, now - 1min),
                     ended(1, DeliveryState::Delivered, now - 2min)});
  CHECK(world.outbox->statistics().at("ops").last_error == "HTTP 404");
  world.outbox->add({world.delivery("ops", 3, 1)});
  world.network.run_for(1s);
  CHECK(world.outbox->statistics().at("ops").last_error.empty());
  CHECK(world.sent_keys() == Keys{"3.1.ops"});
}
