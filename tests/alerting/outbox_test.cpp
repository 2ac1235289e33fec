#include "alerting/outbox.h"

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

TEST_CASE("what is added is delivered and recorded once") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.outbox->add({world.delivery("ops", 1, 1)});
  CHECK(world.outbox->statistics().at("ops").pending == 1);
  world.network.run_for(1s);
  CHECK(world.sent_keys() == Keys{"1.1.ops"});
  const auto& record = world.recorded.at("1.1.ops");
  CHECK(record.state == DeliveryState::Delivered);
  CHECK(record.attempts == 1);
  CHECK(record.finished.has_value());
  const auto statistics = world.outbox->statistics().at("ops");
  CHECK(statistics.delivered == 1);
  CHECK(statistics.pending == 0);
  CHECK_FALSE(statistics.oldest_pending.has_value());
}

TEST_CASE("a delivery that some receivers refused is over, and its record says who") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [](const Request&) {
    return FakeAnswer{{.status = SendStatus::Delivered, .error = "delivered to 1 of 2"}};
  };
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(1s);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Delivered);
  CHECK(world.recorded.at("1.1.ops").last_error == "delivered to 1 of 2");
  CHECK(world.outbox->statistics().at("ops").last_error.empty());
}

TEST_CASE("a key that is known, pending or done, is ignored; so is what is not pending") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.outbox->add({world.delivery("ops", 1, 1), world.delivery("ops", 1, 1)});
  world.network.run_for(1s);
  auto done = world.delivery("ops", 2, 1);
  done.state = DeliveryState::Delivered;
  world.outbox->add({world.delivery("ops", 1, 1), done});
  world.network.run_for(1s);
  CHECK(world.sent_keys() == Keys{"1.1.ops"});
}

TEST_CASE("a transient failure is tried again with growing waits until it is delivered") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [&world](const Request&) {
    return FakeAnswer{world.sent.size() < 4 ? transient() : delivered()};
  };
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(500ms);
  const auto& record = world.recorded.at("1.1.ops");
  CHECK(record.state == DeliveryState::Pending);
  CHECK(record.attempts == 1);
  CHECK(record.last_error == "HTTP 503");
  CHECK(record.next_attempt > world.network.clock().wall_now());
  CHECK(world.outbox->statistics().at("ops").last_error == "HTTP 503");
  world.network.run_for(1min);
  REQUIRE(world.sent.size() == 4);
  CHECK(world.sent[1].at - world.sent[0].at >= 800ms);
  CHECK(world.sent[2].at - world.sent[1].at >= 1600ms);
  CHECK(world.sent[3].at - world.sent[2].at >= 3200ms);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Delivered);
  CHECK(world.recorded.at("1.1.ops").last_error.empty());
  CHECK(world.outbox->statistics().at("ops").attempts_failed == 3);
}

TEST_CASE("later deliveries of an incident wait for the earlier one; others go on") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [&world](const Request& request) {
    const bool early = world.network.clock().now() - world.sent.front().at < 30s;
    const bool stuck = key_of(request) == "1.1.ops" && early;
    return FakeAnswer{stuck ? transient() : delivered()};
  };
  world.outbox->add({world.delivery("ops", 1, 1), world.delivery("ops", 1, 2)});
  world.outbox->add({world.delivery("ops", 2, 1)});
  world.network.run_for(20s);
  CHECK(world.recorded.at("2.1.ops").state == DeliveryState::Delivered);
  CHECK_FALSE(world.recorded.contains("1.2.ops"));
  world.network.run_for(2min);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Delivered);
  CHECK(world.recorded.at("1.2.ops").state == DeliveryState::Delivered);
  CHECK(world.sent.back().key == "1.2.ops");
}

TEST_CASE("a permanent refusal fails at once and lets the next one go") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [&world](const Request&) {
    return FakeAnswer{world.sent.size() == 1 ? permanent() : delivered()};
  };
  world.outbox->add({world.delivery("ops", 1, 1), world.delivery("ops", 1, 2)});
  world.network.run_for(2s);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Failed);
  CHECK(world.recorded.at("1.1.ops").last_error == "HTTP 404");
  CHECK(world.recorded.at("1.2.ops").state == DeliveryState::Delivered);
  CHECK(world.outbox->statistics().at("ops").given_up == 1);
}

TEST_CASE("after 24 hours of failing it is given up, after one more attempt") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [](const Request&) { return FakeAnswer{transient()}; };
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(24h - 1s);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Pending);
  world.network.run_for(2s);
  const auto& record = world.recorded.at("1.1.ops");
  CHECK(record.state == DeliveryState::Failed);
  CHECK(record.last_error == "given up after 24 h: HTTP 503");
  CHECK(record.attempts > 250);  // the waits have not grown past 5 minutes
  CHECK(world.sent.back().at - world.sent.front().at >= 24h);
}

TEST_CASE("Retry-After holds the whole channel back, and no other") {
  OutboxWorld world;
  world.restart({webhook("ops"), webhook("dev")});
  world.answer = [&world](const Request& request) {
    if (channel_of(request) == "dev" || world.sent.size() > 1) return FakeAnswer{delivered()};
    auto busy = transient();
    busy.retry_after = 60s;
    return FakeAnswer{busy};
  };
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(1s);
  world.outbox->add({world.delivery("ops", 2, 1), world.delivery("dev", 2, 1)});
  world.network.run_for(58s);
  CHECK(world.sent_keys() == Keys{"1.1.ops", "2.1.dev"});
  world.network.run_for(3s);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Delivered);
  CHECK(world.recorded.at("2.1.ops").state == DeliveryState::Delivered);
}

TEST_CASE("Retry-After beyond five minutes is cut to five minutes") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [&world](const Request&) {
    auto busy = transient();
    busy.retry_after = std::chrono::seconds::max();
    return FakeAnswer{world.sent.size() > 1 ? delivered() : busy};
  };
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(299s);
  CHECK(world.sent.size() == 1);
  world.network.run_for(2s);
  CHECK(world.sent.size() == 2);
}

TEST_CASE("one channel gets five at once, then one a second") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  for (int incident = 1; incident <= 20; ++incident) {
    world.outbox->add({world.delivery("ops", incident, 1)});
  }
  world.network.run_for(900ms);
  CHECK(world.sent.size() == 5);
  world.network.run_for(10s);
  CHECK(world.sent.size() == 15);
}

TEST_CASE("a channel whose service takes less than one a second is held to that") {
  OutboxWorld world;
  world.restart(
      {{"ops", config::DiscordChannel{{config::Secret("https://ops.example.com/hook")}}}});
  for (int incident = 1; incident <= 7; ++incident) {
    world.outbox->add({world.delivery("ops", incident, 1)});
  }
  world.network.run_for(1min);
  REQUIRE(world.sent.size() == 7);
  CHECK(world.sent[4].at - world.sent[0].at < 1s);
  CHECK(world.sent[5].at - world.sent[0].at >= 2s);
  CHECK(world.sent[6].at - world.sent[5].at >= 2s);
}

TEST_CASE("a channel that never answers holds one send, and delays no other channel") {
  OutboxWorld world;
  world.restart({webhook("dead"), webhook("live")});
  world.answer = [](const Request& request) {
    return channel_of(request) == "dead" ? FakeAnswer{transient(), 30s} : FakeAnswer{delivered()};
  };
  for (int incident = 1; incident <= 100; ++incident) {
    world.outbox->add({world.delivery("dead", incident, 1)});
  }
  world.network.run_for(10s);
  CHECK(world.sent.size() == 1);
  world.outbox->add({world.delivery("live", 1, 1)});
  CHECK(world.sent.back().key == "1.1.live");
  CHECK(world.sent.back().at == world.network.clock().now());
}

TEST_CASE("a channel that answers is sent to without waiting for each answer") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [&world](const Request&) {
    return FakeAnswer{delivered(), world.sent.size() == 1 ? 10ms : 10s};
  };
  for (int incident = 1; incident <= 20; ++incident) {
    world.outbox->add({world.delivery("ops", incident, 1)});
  }
  world.network.run_for(5s);
  CHECK(world.sent.size() == 1 + 4);
}

TEST_CASE("a failing channel is tried once a second at most, one incident after the other") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [](const Request&) { return FakeAnswer{transient()}; };
  for (int incident = 1; incident <= 200; ++incident) {
    world.outbox->add({world.delivery("ops", incident, 1)});
  }
  world.network.run_for(1h);
  for (std::size_t at = 1; at < world.sent.size(); ++at) {
    CHECK(world.sent[at].at - world.sent[at - 1].at >= 1s);
  }
}

TEST_CASE("what waits for a failing channel goes out as soon as it answers again") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  bool mended = false;
  world.answer = [&mended](const Request&) {
    return FakeAnswer{mended ? delivered() : transient()};
  };
  for (int incident = 1; incident <= 5; ++incident) {
    world.outbox->add({world.delivery("ops", incident, 1)});
  }
  world.network.run_for(1h);
  mended = true;
  const auto failed = world.sent.size();
  while (world.sent.size() == failed) world.network.run_for(1s);
  world.network.run_for(5s);
  CHECK(world.outbox->statistics().at("ops").delivered == 5);
}

TEST_CASE("deliveries for a channel that is not configured fail for good and say so") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.outbox->add({world.delivery("gone", 1, 1)});
  CHECK(world.recorded.at("1.1.gone").state == DeliveryState::Failed);
  CHECK(world.recorded.at("1.1.gone").last_error == "channel \"gone\" is not configured any more");
  CHECK(world.sent.empty());
}

TEST_CASE("a reload that removes a channel ends what waits, and lets what is in flight end") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [](const Request& request) {
    return FakeAnswer{key_of(request) == "2.1.ops" ? transient() : delivered(), 5s};
  };
  world.outbox->add({world.delivery("ops", 3, 1)});
  world.network.run_for(6s);
  world.outbox->add({world.delivery("ops", 1, 1), world.delivery("ops", 1, 2)});
  world.outbox->add({world.delivery("ops", 2, 1)});
  world.outbox->set_channels({});
  CHECK(world.recorded.at("1.2.ops").state == DeliveryState::Failed);
  CHECK_FALSE(world.recorded.contains("1.1.ops"));
  world.network.run_for(1min);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Delivered);
  CHECK(world.recorded.at("2.1.ops").state == DeliveryState::Failed);
  CHECK(world.recorded.at("2.1.ops").last_error ==
        "channel \"ops\" is not configured any more; the last attempt: HTTP 503");
  CHECK(world.sent.size() == 3);
  CHECK(world.outbox->statistics().empty());
}

TEST_CASE("a changed channel is tried again at once, in its new form; an unchanged one is not") {
  OutboxWorld world;
  world.restart({webhook("ops"), webhook("dev")});
  world.answer = [](const Request& request) {
    return FakeAnswer{channel_of(request) == "repaired" ? delivered() : transient()};
  };
  world.outbox->add({world.delivery("ops", 1, 1), world.delivery("dev", 1, 1)});
  world.network.run_for(10min);
  const auto attempts = world.sent.size();
  auto repaired = webhook("repaired");
  repaired.name = "ops";
  world.outbox->set_channels({repaired, webhook("dev")});
  world.network.run_for(50ms);
  CHECK(world.sent.size() == attempts + 1);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Delivered);
}

TEST_CASE("a wall clock that jumps neither delays a retry nor gives anything up") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [](const Request&) { return FakeAnswer{transient()}; };
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.network.run_for(5s);
  for (const auto years : {10, -20}) {
    const auto attempts = world.sent.size();
    world.network.jump_wall_clock(std::chrono::hours(24 * 365 * years));
    world.network.run_for(11min);
    CHECK(world.sent.size() >= attempts + 2);
    CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Pending);
  }
}

TEST_CASE("what is older than 24 hours at a start still has an hour of attempts") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.answer = [](const Request&) { return FakeAnswer{transient()}; };
  auto old = world.delivery("ops", 1, 1);
  old.created -= 1000h;
  world.outbox->add({old});
  world.network.run_for(59min);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Pending);
  world.network.run_for(2min);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Failed);
}

TEST_CASE("after a restart, deliveries of the last run wait for the rest of their time at most") {
  OutboxWorld world;
  auto soon = world.delivery("ops", 1, 1);
  soon.next_attempt += 10s;
  soon.attempts = 4;
  auto absurd = world.delivery("ops", 2, 1);
  absurd.next_attempt += 1000h;
  world.restart({webhook("ops")});
  world.outbox->add({soon, absurd});
  world.network.run_for(9s);
  CHECK(world.sent.empty());
  world.network.run_for(2s);
  CHECK(world.recorded.at("1.1.ops").attempts == 5);
  world.network.run_for(5min);
  CHECK(world.recorded.at("2.1.ops").state == DeliveryState::Delivered);
}

TEST_CASE("a stored notification that cannot be read fails for good, and the next one goes") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  auto broken = world.delivery("ops", 1, 1);
  broken.notification = "{";
  world.outbox->add({broken, world.delivery("ops", 1, 2)});
  world.network.run_for(1s);
  CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Failed);
  CHECK_FALSE(world.recorded.at("1.1.ops").last_error.empty());
  CHECK(world.recorded.at("1.2.ops").state == DeliveryState::Delivered);
}

TEST_CASE("an answer that comes after the outbox is gone is dropped") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  world.outbox->add({world.delivery("ops", 1, 1)});
  world.outbox.reset();
  world.network.run_for(1s);
  CHECK(world.recorded.empty());
}

TEST_CASE("draining sends nothing more and ends once every answer is recorded") {
  OutboxWorld world;
  world.restart({webhook("ops"), webhook("dev")});
  world.answer = [](const Request& request) {
    return FakeAnswer{channel_of(request) == "ops" ? delivered() : transient(), 500ms};
  };
  world.outbox->add({world.delivery("ops", 1, 1), world.delivery("ops", 1, 2)});
  world.outbox->add({world.delivery("dev", 1, 1)});
  world.network.run_for(100ms);
  REQUIRE(world.sent.size() == 2);
  int drained = 0;
  world.outbox->drain([&] {
    ++drained;
    CHECK(world.recorded.at("1.1.ops").state == DeliveryState::Delivered);
    CHECK(world.recorded.at("1.1.dev").attempts == 1);
  });
  world.outbox->add({world.delivery("ops", 2, 1)});
  CHECK(drained == 0);
  world.network.run_for(10min);
  CHECK(drained == 1);
  CHECK(world.sent.size() == 2);
  CHECK(world.recorded.at("1.1.dev").state == DeliveryState::Pending);
  CHECK_FALSE(world.recorded.contains("1.2.ops"));
  CHECK_FALSE(world.recorded.contains("2.1.ops"));
}

TEST_CASE("draining ends at once where no send is in flight") {
  OutboxWorld world;
  world.restart({webhook("ops")});
  bool drained = false;
  world.outbox->drain([&drained] { drained = true; });
  CHECK(drained);
}
