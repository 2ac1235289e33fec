// Delivers what the desk decided: at least once, in order per incident and channel, with back-off
// and an end. It never decides what to tell, and forgets nothing: every change of a delivery goes
// to `record`. A slow or dead channel delays no other. A receiver that forgets what it is not told
// again (repeat_of() in delivery/channel.h) gets the last word on each incident again and again,
// until that is its end. What a channel does not take for good goes to its fallback, which is told
// that it does.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alerting/backoff.h"
#include "alerting/delivery/sender.h"
#include "config/config.h"
#include "probes/net/network.h"
#include "storage/records.h"

namespace gatewatch::alerting {

struct ChannelStatistics {
  std::uint64_t delivered = 0;
  std::uint64_t attempts_failed = 0;
  std::uint64_t given_up = 0;  // failed for good
  std::size_t pending = 0;
  std::optional<Timestamp> oldest_pending;  // when it was created
  std::string last_error;                   // of the newest attempt; empty where it succeeded
};

// Belongs to the loop thread of `network`, which must outlive it; so must `sender`.
class Outbox {
 public:
  // Called at each change of a delivery: attempts, next attempt, delivered, failed. What goes to a
  // fallback is recorded before the failure that it follows from: where the end of the process
  // comes between them, the failure is met again, and what follows from it is known already.
  using Record = std::function<void(const storage::DeliveryRecord&)>;

  Outbox(net::Network& network, Sender& sender, OutboxLimits limits, std::uint64_t jitter_seed,
         Record record);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // At start, before add(), and at a reload. Deliveries to a channel that is gone fail for good,
  // and say so; those to a channel that changed are tried again at once, in its new form.
  void set_channels(const std::vector<config::Channel>& channels);
  // Deliveries that are durable, or that the database refuses for now: new ones, or those that
  // deliveries_to_resume() found of the last run. A key that is known already is ignored, and so is
  // what is no longer pending, but for what it says of its channel and where the receiver is to be
  // told again. Every pending one is
  // attempted for OutboxLimits::last_chance at least, however old it is.
  void add(std::vector<storage::DeliveryRecord> deliveries);
  // No send starts any more; what waits stays as it is stored. `drained` is called once no send is
  // in flight and every answer has been recorded: from inside where that is so already.
  void drain(std::function<void()> drained);
  [[nodiscard]] std::map<std::string, ChannelStatistics> statistics() const;

 private:
  class State;
  std::shared_ptr<State> state_;  // answers of the sender hold it weakly
};

}  // namespace gatewatch::alerting
