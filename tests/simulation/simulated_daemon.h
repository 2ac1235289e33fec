// The whole daemon of one region on the simulated network: scheduler, real HTTP probes, pipeline,
// rules, recorder on a store in memory, outbox. Only the sender is a fake: it notes what would
// have been sent, and when. A crash and restart keeps the store alone.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "storage/records.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/simulated_network.h"

namespace gatewatch::tests {

// One request that a channel made of a notification.
struct SentMessage {
  Instant at;
  std::string key;  // the webhook's Idempotency-Key
  std::string body;
};

class SimulatedDaemon {
 public:
  SimulatedDaemon(SimulatedNetwork& network, std::shared_ptr<const config::Config> config);
  ~SimulatedDaemon();

  // kill -9: everything but the store is gone. start() begins anew on it.
  void crash();
  void start();

  // As SIGHUP does; the channels stay as they are.
  void reload(std::shared_ptr<const config::Config> config);

  // Runs for `duration` of simulated time; what is to be stored is stored as time passes.
  void run_for(std::chrono::milliseconds duration);

  [[nodiscard]] const std::vector<SentMessage>& sent() const { return sent_; }
  [[nodiscard]] const std::vector<Result>& results() const { return results_; }
  [[nodiscard]] MemoryStore& store() { return *store_; }

 private:
  class Process;

  SimulatedNetwork& network_;
  std::shared_ptr<const config::Config> config_;
  std::shared_ptr<MemoryStore> store_ = std::make_shared<MemoryStore>();
  std::vector<SentMessage> sent_;
  std::vector<Result> results_;
  std::unique_ptr<Process> process_;
};

// Routes to http://`endpoint`/NUMBER, a webhook channel, the built-in rules.
[[nodiscard]] std::shared_ptr<const config::Config> simulated_config(const Endpoint& endpoint,
                                                                     int routes,
                                                                     config::Duration interval);

}  // namespace gatewatch::tests
