#include "storage/writer.h"

#include <algorithm>
#include <array>

#include "probes/net/thread.h"

namespace gatewatch::storage {

namespace {

// What makes a database smaller that is too large, in this order: how many records one step
// deleted, 0 where none of that kind is left.
using Shrink = std::expected<std::uint64_t, Error> (*)(Store& store, const RecorderLimits& limits);
constexpr std::array<Shrink, 3> shrinking = {
    [](Store& store, const RecorderLimits& limits) {
      return store.forget_results(Timestamp::max(), limits.forget_results);
    },
    [](Store& store, const RecorderLimits& limits) {
      return store.forget_evidence(Timestamp::max(), 0, limits.forget_evidence);
    },
    [](Store& store, const RecorderLimits& limits) {
      return store.forget_rollups(Timestamp::max(), limits.forget_rollups);
    }};

}  // namespace

std::optional<Error> Recorder::Writer::start() {
  return net::start_thread(thread_, "recorder", [this] { run(); });
}

void Recorder::Writer::submit(Result result) {
  bool wakes = false;
  {
    const std::scoped_lock lock(mutex_);
    const bool had_any = backlog_.waiting_since().has_value();
    if (!backlog_.add(std::move(result), SteadyClock::now())) return;
    wakes = !had_any || backlog_.has_full_batch();
  }
  if (wakes) work_.notify_one();
}

void Recorder::Writer::submit(GapRecord gap) {
  tell_writer([this, &gap] { backlog_.add(std::move(gap)); });
}

void Recorder::Writer::forget_results(Timestamp before) {
  tell_writer([&] { forget_before_ = std::max(before, forget_before_.value_or(before)); });
}

void Recorder::Writer::forget_evidence(Timestamp before, std::uint64_t most_bytes) {
  tell_writer(
      [&] { forget_evidence_ = EvidenceRetention{.before = before, .most_bytes = most_bytes}; });
}

void Recorder::Writer::forget_rollups(Timestamp before) {
  tell_writer(
      [&] { forget_rollups_before_ = std::max(before, forget_rollups_before_.value_or(before)); });
}

void Recorder::Writer::roll_up(Timestamp until) {
  tell_writer([&] { roll_up_until_ = std::max(until, roll_up_until_.value_or(until)); });
}

void Recorder::Writer::limit_size(std::uint64_t bytes) {
  tell_writer([&] {
    max_size_ = bytes;
    shrinking_ = statistics_.sizes.records > bytes;
  });
}

void Recorder::Writer::distrust(std::uint64_t store) {
  tell_writer([&] { damaged_ |= replace_ != nullptr && store == replaced_; });
}

bool Recorder::Writer::flush(std::chrono::milliseconds deadline) {
  const auto until = SteadyClock::now() + deadline;
  std::unique_lock lock(mutex_);
  const auto target = backlog_.added();
  flush_target_ = target;
  work_.notify_one();
  return progress_.wait_until(lock, until,
                              [this, &target] { return backlog_.written().reach(target); });
}

bool Recorder::Writer::flush_essentials(std::chrono::milliseconds deadline) {
  const auto until = SteadyClock::now() + deadline;
  std::unique_lock lock(mutex_);
  const auto target = backlog_.added().essentials;
  return progress_.wait_until(lock, until,
                              [this, target] { return backlog_.written().essentials >= target; });
}

RecorderStatistics Recorder::Writer::statistics() const {
  const std::scoped_lock lock(mutex_);
  auto statistics = statistics_;
  const auto& added = backlog_.added();
  const auto& written = backlog_.written();
  statistics.queued_results = added.results - written.results;
  statistics.queued_steps = added.essentials - written.essentials;
  statistics.queued_bytes = backlog_.bytes();
  statistics.written_results = written.results;
  statistics.dropped_results = backlog_.dropped(Backlog::Kind::Results);
  statistics.dropped_evidence = backlog_.dropped(Backlog::Kind::Evidence);
  const auto now = SteadyClock::now();
  const auto since =
      std::min(essentials_since_.value_or(now), backlog_.waiting_since().value_or(now));
  statistics.oldest = now - since;
  for (const auto* const turn : {&compact_turn_, &roll_up_turn_, &forget_rollups_turn_,
                                 &house_turn_, &results_turn_, &essentials_turn_, &replace_turn_}) {
    if (!turn->error.empty()) statistics.last_error = turn->error;
  }
  return statistics;
}

void Recorder::Writer::note_essential() {
  if (!essentials_since_) essentials_since_ = SteadyClock::now();
}

void Recorder::Writer::run() {
  std::unique_lock lock(mutex_);
  measure(lock);
  while (true) {
    look_for_damage();
    switch (wait_for_task(lock)) {
      case Task::Replace:
        replace(lock);
        break;
      case Task::Write:
        compacting_ = write(lock) || compacting_;
        if (SteadyClock::now() >= measured_ + limits_.measure) measure(lock);
        // These take turns with writing, so that none keeps another waiting for long; deleting
        // after a failure too, because it may free the space that writing lacks.
        if (!stopping_ && !damaged_) keep_house(lock);
        break;
      case Task::RollUp:
        roll_up(lock);
        break;
      case Task::Forget:
        forget(lock);
        break;
      case Task::ForgetEvidence:
        forget_evidence(lock);
        break;
      case Task::ForgetRollups:
        forget_rollups(lock);
        break;
      case Task::Shrink:
        shrink(lock);
        break;
      case Task::Compact:
        compact(lock);
        break;
      case Task::Stop:
        end(lock);
        return;
    }
  }
}

// One attempt, however soon after the one before it.
void Recorder::Writer::end(std::unique_lock<std::mutex>& lock) {
  if (damaged_) replace(lock);
  essentials_turn_.at = {};
  results_turn_.at = {};
  while (has_queued() && !damaged_ && write(lock)) continue;
}

void Recorder::Writer::keep_house(std::unique_lock<std::mutex>& lock) {
  if (rolls_up()) roll_up(lock);
  if (forget_before_) forget(lock);
  if (forget_evidence_) forget_evidence(lock);
  if (forget_rollups_before_) forget_rollups(lock);
  if (shrinking_ && !rolls_up()) shrink(lock);
  if (compacting_) compact(lock);
}

Recorder::Writer::Task Recorder::Writer::wait_for_task(std::unique_lock<std::mutex>& lock) {
  while (true) {
    if (stopping_) return Task::Stop;
    auto until = SteadyTime::max();
    if (const auto task = next_task(SteadyClock::now(), until)) return *task;
    if (until == SteadyTime::max()) {
      work_.wait(lock);
    } else {
      work_.wait_until(lock, until);
    }
  }
}

std::optional<Recorder::Writer::Task> Recorder::Writer::next_task(SteadyTime now,
                                                                  SteadyTime& until) const {
  const auto is_due = [&until, now](SteadyTime at) {
    if (now < at) until = std::min(until, at);
    return now >= at;
  };
  if (damaged_) return is_due(replace_turn_.at) ? std::optional(Task::Replace) : std::nullopt;
  if (const auto due = write_due(); due && is_due(*due)) return Task::Write;
  // First: what is not rolled up is not forgotten, and evidence is not to go in its place.
  if (roll_up_until_ && is_due(roll_up_turn_.at)) return Task::RollUp;
  if (forget_before_ && is_due(house_turn_.at)) return Task::Forget;
  if (forget_evidence_ && is_due(house_turn_.at)) return Task::ForgetEvidence;
  if (forget_rollups_before_) return Task::ForgetRollups;
  if (shrinking_ && is_due(house_turn_.at)) return Task::Shrink;
  if (compacting_) return Task::Compact;
  return std::nullopt;
}

// When something is to be written; nothing: there is nothing.
auto Recorder::Writer::write_due() const -> std::optional<SteadyTime> {
  std::optional<SteadyTime> due;
  const auto at = [&due](SteadyTime time) { due = std::min(time, due.value_or(time)); };
  if (backlog_.has_essentials() || essentials_.essentials > 0) at(essentials_turn_.at);
  const bool at_once =
      results_.results > 0 || backlog_.has_full_batch() || !backlog_.written().reach(flush_target_);
  if (const auto since = backlog_.waiting_since()) {
    at(at_once ? results_turn_.at : std::max(results_turn_.at, *since + limits_.batch));
  } else if (results_.results > 0) {
    at(results_turn_.at);
  }
  return due;
}

// Whatever waits goes into one transaction, as long as that succeeds. After a failure, what is
// essential comes first and by itself, until the results have been written too.
bool Recorder::Writer::write(std::unique_lock<std::mutex>& lock) {
  backlog_.take_essentials(essentials_);
  if (SteadyClock::now() >= results_turn_.at) backlog_.take_results(results_);
  const bool has_both = essentials_.essentials > 0 && results_.results > 0;
  if (has_both && essentials_turn_.error.empty() && results_turn_.error.empty()) {
    if (write_together(lock)) return true;
    if (damaged_) return false;
  }
  if (essentials_.essentials > 0 && !write_part(lock, essentials_, essentials_turn_)) return false;
  if (results_.results == 0) return true;
  return SteadyClock::now() >= results_turn_.at && write_part(lock, results_, results_turn_);
}

bool Recorder::Writer::write_together(std::unique_lock<std::mutex>& lock) {
  auto& batch = essentials_.batch;
  const auto exchange = [&] {
    batch.results.swap(results_.batch.results);
    batch.gaps.swap(results_.batch.gaps);
  };
  exchange();
  const auto outcome = attempt(lock, batch);
  exchange();
  if (!outcome) {
    fail(results_turn_, outcome.error(), limits_.retry);
    return false;
  }
  finish(essentials_, essentials_turn_);
  finish(results_, results_turn_);
  return true;
}

bool Recorder::Writer::write_part(std::unique_lock<std::mutex>& lock, Taken& taken, Turn& turn) {
  const auto outcome = attempt(lock, taken.batch);
  if (outcome) {
    finish(taken, turn);
  } else {
    fail(turn, outcome.error(), limits_.retry);
  }
  return outcome.has_value();
}

std::expected<void, Error> Recorder::Writer::attempt(std::unique_lock<std::mutex>& lock,
                                                     const Batch& batch) {
  lock.unlock();
  const auto begin = SteadyClock::now();
  auto outcome = store_->write(batch);
  const auto duration = SteadyClock::now() - begin;
  tell();
  lock.lock();
  if (duration > limits_.stall) ++statistics_.stalls;
  if (!outcome) return outcome;
  ++statistics_.batches;
  statistics_.last_write = duration;
  statistics_.total_write += duration;
  return outcome;
}

void Recorder::Writer::finish(Taken& taken, Turn& turn) {
  if (&taken == &essentials_) {
    told_steps_ = 0;
    essentials_since_.reset();
    if (backlog_.has_essentials()) essentials_since_ = SteadyClock::now();
  }
  backlog_.finish(taken);
  turn = {};
  progress_.notify_all();
}

void Recorder::Writer::tell() {
  const auto& steps = essentials_.batch.steps;
  if (told_steps_ == steps.size()) return;
  const auto first_new = steps.begin() + static_cast<std::ptrdiff_t>(told_steps_);
  if (told_) told_({first_new, steps.end()});
  told_steps_ = steps.size();
}

void Recorder::Writer::forget(std::unique_lock<std::mutex>& lock) {
  const auto before = *forget_before_;
  lock.unlock();
  const auto forgotten = store_->forget_results(before, limits_.forget_results);
  lock.lock();
  if (!forgotten) return fail(house_turn_, forgotten.error(), limits_.retry);
  house_turn_ = {};
  const bool is_last = *forgotten < limits_.forget_results;
  if (is_last && forget_before_ == before) forget_before_.reset();
  if (is_last) measure(lock);
}

void Recorder::Writer::forget_evidence(std::unique_lock<std::mutex>& lock) {
  const auto wanted = *forget_evidence_;
  lock.unlock();
  const auto forgotten =
      store_->forget_evidence(wanted.before, wanted.most_bytes, limits_.forget_evidence);
  lock.lock();
  if (!forgotten) return fail(house_turn_, forgotten.error(), limits_.retry);
  house_turn_ = {};
  const bool is_last = *forgotten < limits_.forget_evidence;
  if (is_last && forget_evidence_ == wanted) forget_evidence_.reset();
  if (is_last && *forgotten > 0) measure(lock);
}

void Recorder::Writer::forget_rollups(std::unique_lock<std::mutex>& lock) {
  const auto before = *forget_rollups_before_;
  lock.unlock();
  const auto forgotten = store_->forget_rollups(before, limits_.forget_rollups);
  lock.lock();
  forget_rollups_turn_ = {};
  if (!forgotten) fail(forget_rollups_turn_, forgotten.error(), {});
  const bool is_last = !forgotten || *forgotten < limits_.forget_rollups;
  if (is_last && forget_rollups_before_ == before) forget_rollups_before_.reset();
}

// While it waits for another try, forgetting goes on: that may be what makes room.
bool Recorder::Writer::rolls_up() const {
  return roll_up_until_ && SteadyClock::now() >= roll_up_turn_.at;
}

void Recorder::Writer::roll_up(std::unique_lock<std::mutex>& lock) {
  const auto until = *roll_up_until_;
  lock.unlock();
  const auto rolled_up = store_->roll_up(until);
  lock.lock();
  if (!rolled_up) return fail(roll_up_turn_, rolled_up.error(), limits_.retry);
  roll_up_turn_ = {};
  if (*rolled_up == 0 && roll_up_until_ == until) roll_up_until_.reset();
}

// One step of the first kind of which there is something left. Where all has gone and that was not
// enough, the next measuring tries again.
void Recorder::Writer::shrink(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  std::expected<std::uint64_t, Error> deleted = 0;
  for (const auto step : shrinking) {
    deleted = step(*store_, limits_);
    if (!deleted || *deleted > 0) break;
  }
  lock.lock();
  if (!deleted) return fail(house_turn_, deleted.error(), limits_.retry);
  house_turn_ = {};
  measure(lock);
  if (*deleted == 0) shrinking_ = false;
}

// What cannot be measured keeps its last size: trouble with the database shows when it is written.
void Recorder::Writer::measure(std::unique_lock<std::mutex>& lock) {
  measured_ = SteadyClock::now();
  lock.unlock();
  const auto sizes = store_->sizes();
  lock.lock();
  if (!sizes) return;
  statistics_.sizes = *sizes;
  shrinking_ = sizes->records > max_size_;
}

// A failure holds nothing else up: what was written stays readable as it is.
void Recorder::Writer::compact(std::unique_lock<std::mutex>& lock) {
  compacting_ = false;
  if (SteadyClock::now() < compact_turn_.at) return;
  lock.unlock();
  const auto compacted = store_->compact_results(limits_.compact_results);
  lock.lock();
  if (!compacted) return fail(compact_turn_, compacted.error(), limits_.compact_retry);
  compact_turn_ = {};
  compacting_ = *compacted > 0;
}

void Recorder::Writer::replace(std::unique_lock<std::mutex>& lock) {
  auto damaged = std::move(store_);
  lock.unlock();
  auto store = replace_(std::move(damaged));
  lock.lock();
  if (!store) return fail(replace_turn_, store.error(), limits_.retry);
  store_ = std::move(*store);
  ++replaced_;
  damaged_ = false;
  for (auto* const turn : {&replace_turn_, &essentials_turn_, &results_turn_, &house_turn_,
                           &compact_turn_, &roll_up_turn_, &forget_rollups_turn_}) {
    *turn = {};
  }
}

void Recorder::Writer::fail(Turn& turn, const Error& error, std::chrono::milliseconds pause) {
  ++statistics_.failed_writes;
  turn.error = error.message;
  turn.at = SteadyClock::now() + pause;
  look_for_damage();
}

// Any call may have found it, also one whose failure did not matter.
void Recorder::Writer::look_for_damage() {
  if (store_ && replace_ && needs_replacement(store_->trouble())) damaged_ = true;
}

}  // namespace gatewatch::storage
