#include "alerting/replay.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "tests/alerting/probed_world.h"
#include "tests/fakes/memory_store.h"

using namespace gatewatch;
using namespace gatewatch::tests;
using namespace std::chrono_literals;

namespace {

const Timestamp now = world_start + 100h;

Result result_of(const std::string& route, Timestamp started, Answer answer = ok) {
  Result result;
  result.started = started;
  result.route = "shop/" + route;
  result.region = "eu";
  result.outcome = answer.outcome;
  result.status = answer.status;
  result.cert_expiring = answer.cert_expiring;
  return result;
}

std::vector<config::Rule> built_in() {
  return config::built_in_rules({config::Channel{"slack", {}}});
}

// What follows from the first result after the start, and from the minute after it.
std::vector<storage::IncidentStep> steps_after(alerting::IncidentDesk& desk, const Result& result) {
  auto steps = desk.observe(result, now);
  for (auto time = now; time < now + 1min; time += 1s) {
    for (auto& step : desk.tick(time)) steps.push_back(std::move(step));
  }
  return steps;
}

// Which results a replay asks a store for.
class NotingStore final : public MemoryStore {
 public:
  struct Asked {
    std::string route;
    Timestamp from;
    friend bool operator==(const Asked&, const Asked&) = default;
  };

  std::expected<std::vector<storage::ResultOutline>, Error> outlines(const std::string& route,
                                                                     Timestamp from,
                                                                     Timestamp before) override {
    asked.push_back({route, from});
    return MemoryStore::outlines(route, from, before);
  }
  std::expected<std::vector<Result>, Error> results(const storage::ResultQuery& query) override {
    auto found = MemoryStore::results(query);
    if (found) whole += found->size();
    return found;
  }

  std::vector<Asked> asked;
  std::size_t whole = 0;
};

}  // namespace

TEST_CASE("one slow route makes no other be read further back than its own rules look") {
  const auto config = make_config({make_route("fast", 30s), make_route("slow", 30h)}, built_in());
  alerting::IncidentDesk desk(config, {});
  NotingStore store;
  REQUIRE(alerting::replay(desk, *config, store, now));
  CHECK(store.asked ==
        std::vector<NotingStore::Asked>{{"shop/fast", now - 1h}, {"shop/slow", now - 90h}});
}

TEST_CASE("the certificate of a slow route is told of after a restart, too") {
  const Answer expiring{.cert_expiring = true};
  const auto config = make_config({make_route("fast", 30s), make_route("slow", 30h)}, built_in());
  NotingStore store;
  REQUIRE(store.write({.results = {result_of("slow", now - 61h, expiring),
                                   result_of("slow", now - 31h, expiring)}}));
  alerting::IncidentDesk desk(config, {});
  REQUIRE(alerting::replay(desk, *config, store, now));
  const auto steps = steps_after(desk, result_of("slow", now, expiring));
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].incident.rule == "certificate");
  CHECK(steps[0].incident.since == now - 61h);
}

TEST_CASE("after a long outage no more is read whole than the evidence shows") {
  const auto config = make_config({make_route("a", 1s)}, built_in());
  NotingStore store;
  storage::Batch batch;
  for (auto age = 3'000s; age > 0s; age -= 1s) {
    batch.results.push_back(result_of("a", now - age, bad_gateway));
    batch.results.back().trace_id = std::to_string(age.count());
  }
  REQUIRE(store.write(batch));
  alerting::IncidentDesk desk(config, {});
  REQUIRE(alerting::replay(desk, *config, store, now));
  CHECK(store.whole == 6);  // of two rules that match
  const auto steps = steps_after(desk, result_of("a", now, bad_gateway));
  REQUIRE(steps.size() == 1);
  const auto told = alerting::notification_from_json(steps[0].deliveries.at(0).notification);
  REQUIRE(told.has_value());
  std::string evidence;
  for (const auto& line : told->evidence) evidence += line + "\n";
  CHECK(evidence.find("trace 1") != std::string::npos);
  CHECK(evidence.find("trace 2") != std::string::npos);
  CHECK(told->what == "502 Bad Gateway");
}

TEST_CASE("of results that started at once the one of the right region is the evidence") {
  auto rules = built_in();
  for (auto& rule : rules) rule.regions = {.kind = config::Quorum::Kind::Count, .count = 1};
  const auto config = make_config({make_route("a", 10s)}, rules);
  MemoryStore store;
  auto clean = result_of("a", now - 2s);
  clean.region = "us";
  auto failing = result_of("a", now - 2s, bad_gateway);
  failing.trace_id = "wanted";
  REQUIRE(store.write({.results = {clean, failing, result_of("a", now - 1s, bad_gateway)}}));
  alerting::IncidentDesk desk(config, {});
  REQUIRE(alerting::replay(desk, *config, store, now));
  const auto steps = steps_after(desk, result_of("a", now, bad_gateway));
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].deliveries.at(0).notification.find("wanted") != std::string::npos);
}

TEST_CASE("in doubt are the routes that failed last and that no rule tells of yet") {
  const auto config = make_config(
      {make_route("down", 10s), make_route("failed", 10s), make_route("over", 10s)}, built_in());
  MemoryStore store;
  storage::Batch batch;
  for (auto age = 60s; age > 0s; age -= 10s) {
    batch.results.push_back(result_of("down", now - age, bad_gateway));
    batch.results.push_back(result_of("failed", now - age, age == 10s ? bad_gateway : ok));
    batch.results.push_back(result_of("over", now - age, age == 20s ? bad_gateway : ok));
  }
  auto desk = std::make_unique<alerting::IncidentDesk>(config, alerting::DeskSettings{});
  for (const auto& result : batch.results) {
    for (auto& step : desk->observe(result, result.started)) batch.steps.push_back(step);
    for (auto& step : desk->tick(result.started + 9s)) batch.steps.push_back(step);
  }
  REQUIRE_FALSE(batch.steps.empty());
  batch.results.push_back(result_of("failed", now - 5s, vantage));  // which settles nothing
  REQUIRE(store.write(batch));
  desk = std::make_unique<alerting::IncidentDesk>(config, alerting::DeskSettings{});
  CHECK(alerting::replay(*desk, *config, store, now) == std::vector<std::string>{"shop/failed"});
}

TEST_CASE("a store that cannot be read is an error, whichever question it fails at") {
  const auto config = make_config({make_route("a", 10s)}, built_in());
  alerting::IncidentDesk desk(config, {});
  MemoryStore store;
  SUBCASE("the outlines") {
    store.fail(2, "broken");  // the first one is that of compacting
  }
  SUBCASE("the evidence") {
    struct Broken final : MemoryStore {
      std::expected<std::vector<Result>, Error> results(const storage::ResultQuery&) override {
        return std::unexpected(Error{"broken"});
      }
    } broken;
    REQUIRE(broken.write({.results = {result_of("a", now - 1s, bad_gateway)}}));
    const auto replayed = alerting::replay(desk, *config, broken, now);
    REQUIRE_FALSE(replayed);
    CHECK(replayed.error().message == "broken");
    return;
  }
  const auto replayed = alerting::replay(desk, *config, store, now);
  REQUIRE_FALSE(replayed);
  CHECK(replayed.error().message == "broken");
}

TEST_CASE("an outbox begins with what was delivered of open incidents, and then with what waits") {
  const auto step = [](std::int64_t incident, storage::IncidentState state) {
    storage::IncidentStep made;
    made.incident.id = incident;
    made.incident.state = state;
    made.event = {.incident = incident, .sequence = 1, .at = now, .kind = "opened"};
    for (const auto delivery : {storage::DeliveryState::Delivered, storage::DeliveryState::Failed,
                                storage::DeliveryState::Pending}) {
      made.deliveries.push_back({.key = std::to_string(incident) + "." +
                                        std::string(storage::delivery_state_name(delivery)),
                                 .incident = incident,
                                 .sequence = 1,
                                 .state = delivery});
    }
    return made;
  };
  MemoryStore store;
  REQUIRE(store.write({.steps = {step(1, storage::IncidentState::Resolved),
                                 step(2, storage::IncidentState::Open)}}));
  const auto deliveries = alerting::deliveries_to_resume(store);
  REQUIRE(deliveries);
  std::vector<std::string> keys;
  for (const auto& delivery : *deliveries) keys.push_back(delivery.key);
  CHECK(keys == std::vector<std::string>{"2.delivered", "2.failed", "1.pending", "2.pending"});
  store.fail(1, "broken");
  CHECK(alerting::deliveries_to_resume(store).error().message == "broken");
}

TEST_CASE("a store that cannot be written, like that on a full disk, is replayed all the same") {
  const auto config = make_config({make_route("a", 10s)}, built_in());
  alerting::IncidentDesk desk(config, {});
  MemoryStore store;
  store.fail(1, "the disk is full");
  CHECK(alerting::replay(desk, *config, store, now));
}
