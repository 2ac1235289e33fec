#include "daemon/scheduler.h"

#include <algorithm>
#include <utility>

namespace gatewatch::daemon {
namespace {

using namespace std::chrono_literals;

// A turn that comes this late was swallowed by a stall (a stopped process, a blocked loop); all
// routes then come late at once and are spread again instead of started together.
constexpr auto stall = 1s;
constexpr config::Duration longest_make_up = 10s;

}  // namespace

struct Scheduler::Slot {
  Slot(ScheduledRoute scheduled, const Schedule& turns)
      : route(std::move(scheduled)), schedule(turns) {}

  ScheduledRoute route;
  Schedule schedule;
  std::int64_t turn = 0;         // of the schedule: the next one
  std::uint64_t probes = 0;      // started so far
  std::uint64_t generation = 0;  // of its heap entries
  int confirmations_left = 0;
  bool confirmation_held = false;  // due while a probe was in flight: runs when that ends
  bool waiting = false;
  Instant started{};
  std::unique_ptr<Probe> probe;  // in flight
};

Scheduler::Scheduler(net::Network& network, ScheduleAnchor anchor, std::size_t in_flight_limit,
                     MakeProbe make_probe, Report report)
    : network_(network),
      anchor_(anchor),
      in_flight_limit_(in_flight_limit),
      make_probe_(std::move(make_probe)),
      report_(std::move(report)),
      timer_(network.timer()) {}

Scheduler::~Scheduler() = default;

void Scheduler::set(ScheduledRoute route) {
  const auto now = network_.clock().now();
  const Schedule schedule(anchor_, route.interval, schedule_phase(route.id, route.interval));
  auto& slot = slots_[route.id];
  if (slot == nullptr) {
    slot = std::make_shared<Slot>(route, schedule);
  } else if (slot->route.interval == route.interval) {
    slot->route = std::move(route);  // its turns stay as they are
    return;
  }
  slot->route = std::move(route);
  slot->schedule = schedule;
  ++slot->generation;
  slot->confirmations_left = 0;
  slot->confirmation_held = false;
  slot->turn = schedule.first_turn(now);
  push(slot, ProbeKind::Scheduled, schedule.due(slot->turn));
  arm();
}

void Scheduler::remove(const std::string& id) {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return;
  auto& slot = *found->second;
  if (slot.probe != nullptr) --in_flight_;
  slot.probe.reset();
  ++slot.generation;
  std::erase_if(waiting_, [&id](const Waiting& waiting) { return waiting.id == id; });
  slots_.erase(found);
  start_waiting();
}

const ScheduledRoute* Scheduler::find(const std::string& id) const {
  const auto found = slots_.find(id);
  return found == slots_.end() ? nullptr : &found->second->route;
}

void Scheduler::confirm(const std::string& id) {
  const auto found = slots_.find(id);
  if (draining_ || found == slots_.end()) return;
  const auto& slot = found->second;
  if (slot->confirmations_left > 0 || slot->route.confirm.times == 0) return;
  slot->confirmations_left = slot->route.confirm.times;
  push(slot, ProbeKind::Confirmation, network_.clock().now());
  arm();
}

void Scheduler::probe_once(const std::string& id) {
  const auto found = slots_.find(id);
  if (draining_ || found == slots_.end()) return;
  const auto& slot = found->second;
  if (slot->confirmations_left > 0) return;
  slot->confirmations_left = 1;
  push(slot, ProbeKind::Confirmation, network_.clock().now());
  arm();
}

void Scheduler::drain(std::function<void()> drained) {
  draining_ = true;
  drained_ = std::move(drained);
  timer_->stop();
  waiting_.clear();
  if (in_flight_ == 0 && drained_) std::exchange(drained_, nullptr)();
}

SchedulerStatistics Scheduler::statistics() const {
  auto statistics = counters_;
  statistics.routes = slots_.size();
  statistics.in_flight = in_flight_;
  statistics.waiting = waiting_.size();
  const auto now = network_.clock().now();
  statistics.overdue = static_cast<std::size_t>(std::ranges::count_if(slots_, [now](auto& entry) {
    const auto& slot = *entry.second;
    return slot.probe != nullptr && now - slot.started > slot.route.timeout + 1s;
  }));
  return statistics;
}

void Scheduler::push(const std::shared_ptr<Slot>& slot, ProbeKind kind, Instant at) {
  heap_.push_back(Due{at, next_order_++, slot, slot->generation, kind});
  std::ranges::push_heap(heap_, std::greater<>{});
}

Scheduler::Due Scheduler::pop() {
  std::ranges::pop_heap(heap_, std::greater<>{});
  auto due = std::move(heap_.back());
  heap_.pop_back();
  return due;
}

void Scheduler::arm() {
  if (draining_ || heap_.empty()) return;
  const auto wait = heap_.front().at - network_.clock().now();
  timer_->start(std::max(wait, std::chrono::nanoseconds(0)), [this] { run_due(); });
}

void Scheduler::run_due() {
  const auto now = network_.clock().now();
  while (!draining_ && !heap_.empty() && heap_.front().at <= now) {
    const auto due = pop();
    if (due.generation == due.slot->generation) on_due(due, now);
  }
  arm();
}

void Scheduler::on_due(const Due& due, Instant now) {
  const auto& slot = due.slot;
  const bool busy = slot->probe != nullptr || slot->waiting;
  if (due.kind == ProbeKind::Confirmation) {
    slot->confirmation_held = busy;
    if (busy) return;
    if (--slot->confirmations_left > 0) {
      push(slot, ProbeKind::Confirmation, due.at + slot->route.confirm.every);
    }
  } else {
    if (postpone(slot, due.at, now)) return;
    schedule_next(slot, now);
  }
  if (busy) {
    ++counters_.skipped;
  } else {
    start_or_wait(*slot, due.kind, due.at);
  }
}

void Scheduler::schedule_next(const std::shared_ptr<Slot>& slot, Instant now) {
  const auto next = std::max(slot->turn + 1, slot->schedule.first_turn(now));
  counters_.missed += static_cast<std::uint64_t>(next - slot->turn - 1);
  slot->turn = next;
  push(slot, ProbeKind::Scheduled, slot->schedule.due(next));
}

// Whether the turn was put off: a stall made it late, and its place in the interval says when it
// is made up for. Where the next turn comes sooner than that, the turn is missed.
bool Scheduler::postpone(const std::shared_ptr<Slot>& slot, Instant due, Instant now) {
  if (now - due <= stall) return false;
  const auto next = slot->schedule.due(slot->schedule.first_turn(now));
  const auto span = std::min(slot->route.interval, longest_make_up);
  const auto make_up = now + schedule_phase(slot->route.id, span);
  const bool is_make_up = slot->schedule.due(slot->turn) != due;
  if (is_make_up || make_up >= next) {
    ++counters_.missed;
    schedule_next(slot, now);
  } else {
    push(slot, ProbeKind::Scheduled, make_up);
  }
  return true;
}

void Scheduler::start_or_wait(Slot& slot, ProbeKind kind, Instant due) {
  if (in_flight_ < in_flight_limit_) {
    start(slot, kind, due);
  } else {
    slot.waiting = true;
    waiting_.push_back({slot.route.id, kind, due});
  }
}

void Scheduler::start(Slot& slot, ProbeKind kind, Instant due) {
  const auto now = network_.clock().now();
  auto probe = make_probe_(slot.route, kind, slot.probes++);
  if (probe == nullptr) return;
  note_lateness(now - due);
  ++in_flight_;
  ++counters_.started;
  slot.started = now;
  slot.probe = std::move(probe);
  slot.probe->start([this, &slot](Result&& result) { on_done(slot, std::move(result)); });
}

void Scheduler::start_waiting() {
  while (!draining_ && !waiting_.empty() && in_flight_ < in_flight_limit_) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    auto& slot = *slots_.at(next.id);
    slot.waiting = false;
    start(slot, next.kind, next.due);
  }
}

void Scheduler::on_done(Slot& slot, Result&& result) {
  // The probe is on the stack: it is destroyed when this function has returned to nobody else.
  const auto finished = std::move(slot.probe);
  --in_flight_;
  start_waiting();
  if (std::exchange(slot.confirmation_held, false)) {
    push(slots_.at(slot.route.id), ProbeKind::Confirmation, network_.clock().now());
    arm();
  }
  report_(std::move(result));
  if (draining_ && in_flight_ == 0 && drained_) std::exchange(drained_, nullptr)();
}

void Scheduler::note_lateness(std::chrono::nanoseconds lateness) {
  const double seconds = std::chrono::duration<double>(lateness).count();
  const auto& bounds = SchedulerStatistics::lateness_bounds_seconds;
  const auto bucket = std::ranges::lower_bound(bounds, seconds) - bounds.begin();
  ++counters_.lateness[static_cast<std::size_t>(bucket)];
  counters_.lateness_sum_seconds += std::max(seconds, 0.0);
}

}  // namespace gatewatch::daemon
