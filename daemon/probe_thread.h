// A loop thread that probes its slice of the routes: a network, a scheduler and nothing else.
// Everything that others want of it goes through its mailbox; results leave by value.

#pragma once

#include <atomic>
#include <chrono>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/address_watch.h"
#include "daemon/loop_mailbox.h"
#include "daemon/scheduler.h"
#include "probes/http_probe.h"
#include "probes/net/uv_network.h"
#include "probes/random_pool.h"

namespace gatewatch::daemon {

struct ProbeThreadSettings {
  ProbeIdentity identity;
  ScheduleAnchor anchor;
  std::size_t in_flight_limit = 4096;
};

struct ProbeThreadStatistics {
  SchedulerStatistics scheduler;
  std::chrono::nanoseconds longest_turn{0};  // of the loop, since the last look a second ago
  Instant seen{};                            // when the thread last said so: stands still if stuck
};

// Of the thread, and of its series in /metrics.
[[nodiscard]] std::string probe_thread_name(std::size_t index);

class ProbeThread {
 public:
  // Called on the probe thread, with what came in since the last call, in its order: the first of
  // them at most 5 ms ago. Probes that are due together end together, and one wake-up of the
  // receiver serves them all.
  using Deliver = std::function<void(std::vector<Result>)>;

  // `name`: of the thread, as start_thread() takes it.
  [[nodiscard]] static std::expected<std::unique_ptr<ProbeThread>, Error> start(
      const std::string& name, ProbeThreadSettings settings, Deliver deliver);
  // Cancels what is in flight and ends the thread.
  ~ProbeThread();
  ProbeThread(const ProbeThread&) = delete;
  ProbeThread& operator=(const ProbeThread&) = delete;

  // Any thread.
  void set(std::shared_ptr<const Target> target);
  void remove(const std::string& route);
  void confirm(const std::string& route);
  void probe_once(const std::string& route);
  // Which addresses may be connected to, by the probes that begin from now on.
  void set_policy(TargetPolicy policy);
  // No new probes; `drained` is called on the probe thread when none is in flight any more.
  void drain(std::function<void()> drained);
  [[nodiscard]] ProbeThreadStatistics statistics() const;

 private:
  ProbeThread(ProbeThreadSettings settings, Deliver deliver,
              std::unique_ptr<net::UvNetwork> network);

  void collect(Result&& result);
  void hand_over();
  void look_at_itself();
  void post(LoopMailbox::Letter letter);
  std::unique_ptr<Probe> make_probe(const ScheduledRoute& route, ProbeKind kind,
                                    std::uint64_t turn);

  RandomPool random_;
  std::shared_ptr<const ProbeIdentity> identity_;  // probes keep the one that they began with
  Deliver deliver_;
  std::unique_ptr<net::UvNetwork> network_;
  AddressWatch addresses_;
  std::unique_ptr<Scheduler> scheduler_;
  std::vector<Result> collected_;
  std::unique_ptr<net::Timer> hand_over_timer_;
  std::unique_ptr<net::Timer> look_timer_;
  mutable std::mutex mutex_;
  ProbeThreadStatistics statistics_;  // guarded by mutex_
  std::unique_ptr<LoopMailbox> mailbox_;
  std::jthread thread_;
};

}  // namespace gatewatch::daemon
