#include "alerting/delivery_queue.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

QueuedDelivery delivery(std::int64_t incident, std::int64_t sequence,
                        std::chrono::seconds due = 0s) {
  QueuedDelivery made;
  made.record.key = std::to_string(incident) + "." + std::to_string(sequence);
  made.record.incident = incident;
  made.record.sequence = sequence;
  made.record.created = Timestamp{std::chrono::seconds(100 + sequence)};
  made.due = Instant{due};
  return made;
}

}  // namespace

TEST_CASE("only the first of an incident may go, whatever the order of coming in") {
  DeliveryQueue queue;
  queue.add(delivery(1, 2, 0s));
  queue.add(delivery(1, 1, 50s));
  REQUIRE(queue.first() != nullptr);
  CHECK(queue.first()->record.sequence == 1);
  queue.first()->in_flight = true;
  CHECK(queue.first() == nullptr);
  CHECK(queue.remove({1, 1, "1.1"}).key == "1.1");
  CHECK(queue.first()->record.sequence == 2);
}

TEST_CASE("an earlier one that comes in while a later one is in flight waits for it") {
  DeliveryQueue queue;
  queue.add(delivery(1, 2));
  queue.first()->in_flight = true;
  queue.add(delivery(1, 1));
  CHECK(queue.first() == nullptr);
}

TEST_CASE("among incidents the one that has been due for longest goes first") {
  DeliveryQueue queue;
  queue.add(delivery(1, 1, 30s));
  queue.add(delivery(2, 1, 10s));
  queue.add(delivery(3, 1, 20s));
  CHECK(queue.first()->record.incident == 2);
  queue.make_all_due(Instant{5s});
  CHECK(queue.find({3, 1, "3.1"})->due == Instant{5s});
}

TEST_CASE("what is in flight stays when the rest is taken out") {
  DeliveryQueue queue;
  queue.add(delivery(1, 1));
  queue.add(delivery(1, 2));
  queue.add(delivery(2, 1));
  queue.find({1, 1, "1.1"})->in_flight = true;
  CHECK(queue.remove_idle().size() == 2);
  CHECK(queue.size() == 1);
  CHECK(queue.find({1, 1, "1.1"}) != nullptr);
  CHECK(queue.find({2, 1, "2.1"}) == nullptr);
  CHECK(queue.oldest() == Timestamp{101s});
  (void)queue.remove({1, 1, "1.1"});
  CHECK(queue.empty());
  CHECK_FALSE(queue.oldest().has_value());
}

TEST_CASE("what stands counts no more, goes again when it is due, and gives way to the next") {
  DeliveryQueue queue;
  queue.add(delivery(1, 1));
  queue.stand({1, 1, "1.1"}, Instant{60s});
  CHECK(queue.empty());
  CHECK_FALSE(queue.oldest().has_value());
  CHECK(queue.first()->due == Instant{60s});
  queue.stand({1, 1, "1.1"}, Instant{120s});
  CHECK(queue.empty());
  queue.add(delivery(1, 2));
  CHECK(queue.size() == 1);
  CHECK(queue.find({1, 1, "1.1"}) == nullptr);
  CHECK(queue.first()->record.sequence == 2);
}

TEST_CASE("what stands and is in flight gives way once it is answered") {
  DeliveryQueue queue;
  queue.add(delivery(1, 1));
  queue.stand({1, 1, "1.1"}, Instant{60s});
  queue.first()->in_flight = true;
  queue.add(delivery(1, 2));
  CHECK(queue.first() == nullptr);
  queue.end_standing();
  auto* const answered = queue.find({1, 1, "1.1"});
  REQUIRE(answered != nullptr);
  answered->in_flight = false;
  queue.stand({1, 1, "1.1"}, Instant{120s});
  CHECK(queue.find({1, 1, "1.1"}) == nullptr);
  CHECK(queue.first()->record.sequence == 2);
}

TEST_CASE("what stood is gone with the rest, and is not among it") {
  DeliveryQueue queue;
  queue.add(delivery(1, 1));
  queue.add(delivery(2, 1));
  queue.stand({1, 1, "1.1"}, Instant{60s});
  const auto records = queue.remove_idle();
  REQUIRE(records.size() == 1);
  CHECK(records[0].incident == 2);
  CHECK(queue.first() == nullptr);
}
