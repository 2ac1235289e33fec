// Starts the probes of one loop thread when they are due: no drift, no overlap of a route with
// itself, no herd after a stall, a limit on probes in flight. One timer over one heap of due times.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.h"
#include "daemon/schedule.h"
#include "probes/net/network.h"
#include "probes/probe.h"
#include "probes/target.h"

namespace gatewatch::daemon {

// What the scheduler needs of a route, and what its probes are made of.
struct ScheduledRoute {
  std::string id;
  config::Duration interval;
  config::Duration timeout;
  config::Confirmation confirm;
  std::shared_ptr<const Target> target = nullptr;  // handed on, never looked at
};

struct SchedulerStatistics {
  static constexpr std::array<double, 8> lateness_bounds_seconds = {0.001, 0.005, 0.01, 0.025,
                                                                    0.1,   0.5,   1.0,  10.0};
  std::array<std::uint64_t, lateness_bounds_seconds.size() + 1> lateness{};  // per bucket
  double lateness_sum_seconds = 0;
  std::uint64_t started = 0;
  std::uint64_t skipped =
      0;                     // scheduled turns that came while the route's last probe was in flight
  std::uint64_t missed = 0;  // turns that a stall of ours swallowed
  std::size_t routes = 0;
  std::size_t in_flight = 0;
  std::size_t waiting = 0;  // due, held back by the limit on probes in flight
  std::size_t overdue = 0;  // in flight for longer than timeout + 1 s: a bug of ours
};

// Belongs to the loop thread of `network`, which must outlive it.
class Scheduler {
 public:
  // Makes the probe of a route. `turn` counts the probes of the route since it was added.
  using MakeProbe = std::function<std::unique_ptr<Probe>(const ScheduledRoute& route,
                                                         ProbeKind kind, std::uint64_t turn)>;
  using Report = std::function<void(Result&&)>;

  Scheduler(net::Network& network, ScheduleAnchor anchor, std::size_t in_flight_limit,
            MakeProbe make_probe, Report report);
  ~Scheduler();  // cancels what is in flight
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // A route that is there already takes the new settings; its probe in flight goes on.
  void set(ScheduledRoute route);
  void remove(const std::string& id);  // cancels its probe in flight
  // nullptr: there is none. Valid until it is set again or removed.
  [[nodiscard]] const ScheduledRoute* find(const std::string& id) const;
  // The route begins or ceases to fail: probes at once and then as `confirm` says. One that
  // comes due while the route's probe is in flight starts when that ends, and the next ones count
  // from there. A series that is under way goes on instead.
  void confirm(const std::string& id);
  // One probe more, at once, or when the one in flight ends. Where a series is under way it has
  // that soon enough.
  void probe_once(const std::string& id);
  // No probe starts any more; those in flight go on. `drained` is called once none is left.
  void drain(std::function<void()> drained);
  [[nodiscard]] SchedulerStatistics statistics() const;

 private:
  struct Slot;
  struct Due {
    Instant at;
    std::uint64_t order;  // of two that are due at once, the one that was put in first
    std::shared_ptr<Slot> slot;
    std::uint64_t generation;  // stale where it differs from the slot's
    ProbeKind kind;
    bool operator>(const Due& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void push(const std::shared_ptr<Slot>& slot, ProbeKind kind, Instant at);
  Due pop();
  void arm();
  void run_due();
  void on_due(const Due& due, Instant now);
  void schedule_next(const std::shared_ptr<Slot>& slot, Instant now);
  bool postpone(const std::shared_ptr<Slot>& slot, Instant due, Instant now);
  void start_or_wait(Slot& slot, ProbeKind kind, Instant due);
  void start(Slot& slot, ProbeKind kind, Instant due);
  void start_waiting();
  void on_done(Slot& slot, Result&& result);
  void note_lateness(std::chrono::nanoseconds lateness);

  net::Network& network_;
  const ScheduleAnchor anchor_;
  const std::size_t in_flight_limit_;
  MakeProbe make_probe_;
  Report report_;
  std::unique_ptr<net::Timer> timer_;
  std::unordered_map<std::string, std::shared_ptr<Slot>> slots_;
  std::vector<Due> heap_;  // by std::push_heap; stale entries leave when they come up
  struct Waiting {
    std::string id;
    ProbeKind kind;
    Instant due;
  };
  std::deque<Waiting> waiting_;
  std::uint64_t next_order_ = 0;
  std::size_t in_flight_ = 0;
  bool draining_ = false;
  std::function<void()> drained_;
  SchedulerStatistics counters_;
};

}  // namespace gatewatch::daemon
