// Delivers what is stored: at least once, in order per incident and channel, with back-off and an
// end. It never decides what to tell, and forgets nothing: every change of a delivery goes to
// `record`. A slow or dead channel delays no other.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alerting/delivery/channel.h"
#include "alerting/delivery/sender.h"
#include "config/config.h"
#include "probes/net/network.h"
#include "storage/records.h"

namespace gatewatch::alerting {

struct OutboxLimits {
  std::chrono::milliseconds first_retry{1'000};      // doubles each time, with ±20 % jitter
  std::chrono::milliseconds longest_retry{300'000};  // 5 min; caps Retry-After too
  std::chrono::hours give_up{24};                    // after the delivery was created
  std::chrono::milliseconds pace{1'000};             // at least, between two sends of one channel
  int burst = 5;                                     // sends that may go ahead of the pace
};

struct ChannelStatistics {
  std::uint64_t delivered = 0;
  std::uint64_t attempts_failed = 0;
  std::uint64_t given_up = 0;
  std::size_t pending = 0;
  std::optional<Timestamp> oldest_pending;  // when it was created
  std::string last_error;                   // of the newest attempt; empty where it succeeded
};

// Belongs to the loop thread of `network`, which must outlive it; so must `sender`.
class Outbox {
 public:
  // Called at each change of a delivery: attempts, next attempt, delivered, failed.
  using Record = std::function<void(const storage::DeliveryRecord&)>;

  Outbox(net::Network& network, Sender& sender, OutboxLimits limits, std::uint64_t jitter_seed,
         Record record);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // At start and at a reload. Deliveries to a channel that is gone fail for good, and say so.
  void set_channels(const std::vector<config::Channel>& channels);
  // Deliveries that are durable: new ones, or the pending ones of the last run. A key that is
  // known already is ignored.
  void add(std::vector<storage::DeliveryRecord> deliveries);
  [[nodiscard]] std::map<std::string, ChannelStatistics> statistics() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace gatewatch::alerting
