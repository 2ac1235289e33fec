// The deliveries of one channel that are not done. Each incident is a line: only its first
// delivery may go, and the others wait for it. One that stands at the end of its line is told again
// and again. No I/O; time comes as an argument.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probes/time.h"
#include "storage/records.h"

namespace gatewatch::alerting {

struct QueuedDelivery {
  storage::DeliveryRecord record;
  Instant due;      // of the next attempt
  Instant give_up;  // a failed attempt after it was the last
  bool in_flight = false;
  // It was delivered, and is told again at `due` until the next one of its line has come.
  bool standing = false;
};

// Where a delivery stands in a queue.
struct DeliveryPlace {
  std::int64_t incident = 0;
  std::int64_t sequence = 0;
  std::string key;

  friend auto operator<=>(const DeliveryPlace&, const DeliveryPlace&) = default;
};

class DeliveryQueue {
 public:
  void add(QueuedDelivery delivery);
  // Among the first of each line that are idle, the one that has been due for longest; nullptr
  // where there is none. It may be due only later.
  [[nodiscard]] QueuedDelivery* first();
  // nullptr where it is not in the queue.
  [[nodiscard]] QueuedDelivery* find(const DeliveryPlace& place);
  // From now on it stands; where its line goes on, it is taken out.
  void stand(const DeliveryPlace& place, Instant due);
  void end_standing();
  // Takes it out; its line moves up.
  storage::DeliveryRecord remove(const DeliveryPlace& place);
  // Takes out all that are not in flight, in order; those that stood are not among them.
  [[nodiscard]] std::vector<storage::DeliveryRecord> remove_idle();
  void make_all_due(Instant now);
  // But for those that stand, whose time is their own.
  void make_waiting_due(Instant now);

  // Those that do not stand.
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::optional<Timestamp> oldest() const;  // when it was created

 private:
  using Line = std::map<std::pair<std::int64_t, std::string>, QueuedDelivery>;  // by sequence, key

  // One that stands ends where another one waits for it.
  static void give_way(Line& line);

  std::map<std::int64_t, Line> lines_;  // by incident
  std::size_t size_ = 0;
};

[[nodiscard]] DeliveryPlace place_of(const storage::DeliveryRecord& record);

}  // namespace gatewatch::alerting
