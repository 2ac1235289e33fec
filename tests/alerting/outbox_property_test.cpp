// The outbox under random receivers, restarts and reloads, by seed: nothing is lost, nothing is
// out of order, and nothing is told twice unless an answer was lost on its way.

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/alerting/delivery/outbox_world.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace gatewatch::tests;
using namespace std::chrono_literals;
using storage::DeliveryState;

namespace {

class Run {
 public:
  explicit Run(unsigned seed) : random_(seed) {
    world_.answer = [this](const Request& request) { return receive(request); };
    restart();
  }

  void go() {
    for (int step = 0; step < 200; ++step) {
      const auto action = below(10);
      if (action < 5) create();
      if (action == 5) restart();
      if (action == 6) world_.network.jump_wall_clock(std::chrono::hours(below(48)) - 24h);
      world_.network.run_for(std::chrono::milliseconds(below(20'000)));
    }
    healthy_ = true;
    world_.network.run_for(2h);
  }

  void check() {
    CHECK(created_.size() > 20);
    for (const auto& [key, delivery] : created_) {
      CAPTURE(key);
      CHECK(world_.recorded.at(key).state == DeliveryState::Delivered);
      CHECK(received_[key] >= 1);
      CHECK(received_[key] <= 1 + ambiguous_[key]);
    }
    CHECK(out_of_order_ == 0);
  }

 private:
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  // Durable first, then added: what the store would hold.
  void create() {
    const std::string channel = below(2) == 0 ? "ops" : "dev";
    const std::int64_t incident = 1 + below(6);
    auto delivery = world_.delivery(channel, incident, ++sequence_[{channel, incident}]);
    created_[delivery.key] = delivery;
    world_.recorded[delivery.key] = delivery;
    world_.outbox->add({delivery});
  }

  void restart() {
    for (const auto& key : in_flight_) ++ambiguous_[key];
    in_flight_.clear();
    world_.restart({webhook("ops"), webhook("dev")});
    std::vector<storage::DeliveryRecord> pending;
    for (const auto& [key, record] : world_.recorded) {
      if (record.state == DeliveryState::Pending) pending.push_back(record);
    }
    std::ranges::shuffle(pending, random_);
    world_.outbox->add(pending);
  }

  FakeAnswer receive(const Request& request) {
    const auto key = key_of(request);
    const auto& delivery = created_.at(key);
    auto& newest = newest_[{delivery.channel, delivery.incident}];
    if (delivery.sequence < newest) ++out_of_order_;
    const auto fate = healthy_ ? 9 : below(10);
    in_flight_.insert(key);
    if (fate < 3) return {transient(), std::chrono::milliseconds(below(30'000))};
    if (fate == 3) {
      auto busy = transient();
      busy.retry_after = std::chrono::seconds(below(600));
      return {busy};
    }
    ++received_[key];
    newest = delivery.sequence;
    // The receiver took it, but its answer is lost.
    if (fate == 4) {
      ++ambiguous_[key];
      return {transient(), 30s};
    }
    return {delivered(), std::chrono::milliseconds(below(2'000))};
  }

  std::mt19937 random_;
  OutboxWorld world_;
  bool healthy_ = false;
  std::map<std::string, storage::DeliveryRecord> created_;
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> sequence_;
  std::map<std::pair<std::string, std::int64_t>, std::int64_t> newest_;  // received
  std::map<std::string, int> received_;
  std::map<std::string, int> ambiguous_;
  std::set<std::string> in_flight_;  // sent since the last restart
  int out_of_order_ = 0;
};

}  // namespace

TEST_CASE("under failures and restarts every delivery arrives, in order, doubled only in doubt") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Run run(seed);
    run.go();
    run.check();
  }
}
