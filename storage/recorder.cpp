#include "storage/recorder.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "probes/net/thread.h"

namespace gatewatch::storage {

namespace {

using SteadyClock = std::chrono::steady_clock;

// How many of each kind were accepted or written since the start; each kind is first in, first out.
struct Counts {
  std::uint64_t results = 0;
  std::uint64_t steps = 0;
  std::uint64_t deliveries = 0;

  [[nodiscard]] bool reaches(const Counts& target) const {
    return results >= target.results && steps >= target.steps && deliveries >= target.deliveries;
  }
};

// Results that wait for one transaction.
struct Chunk {
  SteadyClock::time_point begun;  // when the first one came
  std::vector<Result> results;
};

template <typename Record>
void append(std::vector<Record>& to, std::vector<Record>& from) {
  to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
  from.clear();
}

}  // namespace

class Recorder::Writer {
 public:
  Writer(std::unique_ptr<Store> store, RecorderLimits limits, Told told)
      : store_(std::move(store)), limits_(limits), told_(std::move(told)) {}

  ~Writer() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    work_.notify_one();
  }

  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  std::optional<Error> start();
  void submit(Result result);
  void submit(IncidentStep step);
  void submit(DeliveryRecord delivery);
  void forget_results(Timestamp before);
  void forget_rollups(Timestamp before);
  void roll_up(Timestamp until);
  bool flush(std::chrono::milliseconds deadline);
  RecorderStatistics statistics() const;

 private:
  enum class Task { Write, RollUp, Forget, ForgetRollups, Compact, Stop };

  void run();
  Task wait_for_task(std::unique_lock<std::mutex>& lock);
  bool has_queued() const { return !written_.reaches(accepted_); }
  bool has_housework() const { return forget_before_ || forget_rollups_before_ || roll_up_until_; }
  bool write_is_due(SteadyClock::time_point now) const;
  // Each is entered and left with the lock held, and lets go of it for the database.
  bool write(std::unique_lock<std::mutex>& lock);
  void forget(std::unique_lock<std::mutex>& lock);
  void measure(std::unique_lock<std::mutex>& lock);
  void compact(std::unique_lock<std::mutex>& lock);
  void roll_up(std::unique_lock<std::mutex>& lock);
  void forget_rollups(std::unique_lock<std::mutex>& lock);
  void tell();
  void note_failure(const Error& error);
  void fail(const Error& error);

  const std::unique_ptr<Store> store_;  // the writer thread's alone
  const RecorderLimits limits_;
  const Told told_;
  // The writer thread's alone:
  Batch batch_;                         // kept while the database refuses it
  std::size_t told_steps_ = 0;          // the first ones of the batch
  bool compacting_ = false;             // something may be left to compact
  SteadyClock::time_point compact_at_;  // not before

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable work_;
  std::condition_variable progress_;
  std::deque<Chunk> results_;  // all but the last are full; taking one holds nobody up
  std::vector<IncidentStep> steps_;
  std::vector<DeliveryRecord> deliveries_;
  Counts accepted_;
  Counts written_;
  Counts flush_target_;
  SteadyClock::time_point retry_at_;  // after a failure nothing is tried before
  std::optional<Timestamp> forget_before_;
  std::optional<Timestamp> forget_rollups_before_;
  std::optional<Timestamp> roll_up_until_;
  bool stopping_ = false;
  RecorderStatistics statistics_;

  std::jthread thread_;  // last: it uses everything above, and is joined first
};

std::optional<Error> Recorder::Writer::start() {
  return net::start_thread(thread_, "recorder", [this] { run(); });
}

void Recorder::Writer::submit(Result result) {
  bool wakes = false;
  {
    const std::scoped_lock lock(mutex_);
    if (accepted_.results - written_.results >= limits_.results) {
      ++statistics_.dropped_results;
      return;
    }
    if (results_.empty() || results_.back().results.size() >= limits_.batch_results) {
      results_.push_back({SteadyClock::now(), {}});
      wakes = true;
    }
    auto& chunk = results_.back().results;
    chunk.push_back(std::move(result));
    ++accepted_.results;
    wakes = wakes || chunk.size() == limits_.batch_results;
  }
  if (wakes) work_.notify_one();
}

void Recorder::Writer::submit(IncidentStep step) {
  {
    const std::scoped_lock lock(mutex_);
    steps_.push_back(std::move(step));
    ++accepted_.steps;
  }
  work_.notify_one();
}

void Recorder::Writer::submit(DeliveryRecord delivery) {
  {
    const std::scoped_lock lock(mutex_);
    deliveries_.push_back(std::move(delivery));
    ++accepted_.deliveries;
  }
  work_.notify_one();
}

void Recorder::Writer::forget_results(Timestamp before) {
  {
    const std::scoped_lock lock(mutex_);
    forget_before_ = std::max(before, forget_before_.value_or(before));
  }
  work_.notify_one();
}

void Recorder::Writer::forget_rollups(Timestamp before) {
  {
    const std::scoped_lock lock(mutex_);
    forget_rollups_before_ = std::max(before, forget_rollups_before_.value_or(before));
  }
  work_.notify_one();
}

void Recorder::Writer::roll_up(Timestamp until) {
  {
    const std::scoped_lock lock(mutex_);
    roll_up_until_ = std::max(until, roll_up_until_.value_or(until));
  }
  work_.notify_one();
}

bool Recorder::Writer::flush(std::chrono::milliseconds deadline) {
  const auto until = SteadyClock::now() + deadline;
  std::unique_lock lock(mutex_);
  const auto target = accepted_;
  flush_target_ = target;
  work_.notify_one();
  return progress_.wait_until(lock, until, [this, &target] { return written_.reaches(target); });
}

RecorderStatistics Recorder::Writer::statistics() const {
  const std::scoped_lock lock(mutex_);
  auto statistics = statistics_;
  statistics.queued_results = accepted_.results - written_.results;
  statistics.queued_steps = accepted_.steps - written_.steps;
  statistics.written_results = written_.results;
  return statistics;
}

void Recorder::Writer::run() {
  std::unique_lock lock(mutex_);
  measure(lock);
  while (true) {
    switch (wait_for_task(lock)) {
      case Task::Write:
        compacting_ = write(lock) || compacting_;
        // All take turns with writing, so that none keeps another waiting for long; deleting after
        // a failure too, because it may free the space that writing lacks.
        if (roll_up_until_ && !stopping_) roll_up(lock);
        if (forget_before_ && !stopping_) forget(lock);
        if (forget_rollups_before_ && !stopping_) forget_rollups(lock);
        if (compacting_ && !stopping_) compact(lock);
        break;
      case Task::RollUp:
        roll_up(lock);
        break;
      case Task::Forget:
        forget(lock);
        break;
      case Task::ForgetRollups:
        forget_rollups(lock);
        break;
      case Task::Compact:
        compact(lock);
        break;
      case Task::Stop:
        while (has_queued() && write(lock)) continue;
        return;
    }
  }
}

Recorder::Writer::Task Recorder::Writer::wait_for_task(std::unique_lock<std::mutex>& lock) {
  while (true) {
    const auto now = SteadyClock::now();
    if (stopping_) return Task::Stop;
    if (now >= retry_at_) {
      if (write_is_due(now)) return Task::Write;
      if (roll_up_until_) return Task::RollUp;  // first: what is not rolled up is not forgotten
      if (forget_before_) return Task::Forget;
      if (forget_rollups_before_) return Task::ForgetRollups;
      if (compacting_) return Task::Compact;
    }
    if (!has_queued() && !has_housework()) {
      work_.wait(lock);
    } else if (now < retry_at_) {
      work_.wait_until(lock, retry_at_);
    } else {
      work_.wait_until(lock, results_.front().begun + limits_.batch);
    }
  }
}

bool Recorder::Writer::write_is_due(SteadyClock::time_point now) const {
  if (!has_queued()) return false;
  if (!batch_.empty() || !steps_.empty() || !deliveries_.empty()) return true;
  if (!written_.reaches(flush_target_)) return true;
  const auto& chunk = results_.front();
  return chunk.results.size() >= limits_.batch_results || now >= chunk.begun + limits_.batch;
}

// Steps and deliveries that came since join a batch that failed: they must not wait behind it.
bool Recorder::Writer::write(std::unique_lock<std::mutex>& lock) {
  if (batch_.results.empty() && !results_.empty()) {
    batch_.results = std::move(results_.front().results);
    results_.pop_front();
  }
  append(batch_.steps, steps_);
  append(batch_.deliveries, deliveries_);
  lock.unlock();
  const auto begin = SteadyClock::now();
  const auto outcome = store_->write(batch_);
  const auto duration = SteadyClock::now() - begin;
  tell();
  lock.lock();

  if (!outcome) {
    fail(outcome.error());
    return false;
  }
  written_.results += batch_.results.size();
  written_.steps += batch_.steps.size();
  written_.deliveries += batch_.deliveries.size();
  batch_ = {};
  told_steps_ = 0;
  ++statistics_.batches;
  statistics_.last_write = duration;
  statistics_.total_write += duration;
  statistics_.last_error.clear();
  progress_.notify_all();
  return true;
}

void Recorder::Writer::tell() {
  if (told_steps_ == batch_.steps.size()) return;
  const auto first_new = batch_.steps.begin() + static_cast<std::ptrdiff_t>(told_steps_);
  if (told_) told_({first_new, batch_.steps.end()});
  told_steps_ = batch_.steps.size();
}

void Recorder::Writer::forget(std::unique_lock<std::mutex>& lock) {
  const auto before = *forget_before_;
  lock.unlock();
  const auto forgotten = store_->forget_results(before, limits_.forget_results);
  lock.lock();
  if (!forgotten) return fail(forgotten.error());
  statistics_.last_error.clear();
  const bool is_last = *forgotten < limits_.forget_results;
  if (is_last && forget_before_ == before) forget_before_.reset();
  if (is_last) measure(lock);
}

// What cannot be measured keeps its last size: trouble with the database shows when it is written.
void Recorder::Writer::measure(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  const auto size = store_->size_bytes();
  lock.lock();
  if (size) statistics_.size_bytes = *size;
}

// A failure holds nothing else up: what was written stays readable as it is.
void Recorder::Writer::compact(std::unique_lock<std::mutex>& lock) {
  compacting_ = false;
  if (SteadyClock::now() < compact_at_) return;
  lock.unlock();
  const auto compacted = store_->compact_results(limits_.compact_results);
  lock.lock();
  if (!compacted) {
    note_failure(compacted.error());
    compact_at_ = SteadyClock::now() + limits_.compact_retry;
    return;
  }
  compacting_ = *compacted > 0;
}

void Recorder::Writer::roll_up(std::unique_lock<std::mutex>& lock) {
  const auto until = *roll_up_until_;
  lock.unlock();
  const auto rolled_up = store_->roll_up(until);
  lock.lock();
  if (!rolled_up) note_failure(rolled_up.error());
  const bool is_last = !rolled_up || *rolled_up == 0;
  if (is_last && roll_up_until_ == until) roll_up_until_.reset();
}

void Recorder::Writer::forget_rollups(std::unique_lock<std::mutex>& lock) {
  const auto before = *forget_rollups_before_;
  lock.unlock();
  const auto forgotten = store_->forget_rollups(before, limits_.forget_rollups);
  lock.lock();
  if (!forgotten) note_failure(forgotten.error());
  const bool is_last = !forgotten || *forgotten < limits_.forget_rollups;
  if (is_last && forget_rollups_before_ == before) forget_rollups_before_.reset();
}

void Recorder::Writer::note_failure(const Error& error) {
  ++statistics_.failed_writes;
  statistics_.last_error = error.message;
}

void Recorder::Writer::fail(const Error& error) {
  note_failure(error);
  retry_at_ = SteadyClock::now() + limits_.retry;
}

std::expected<Recorder, Error> Recorder::start(std::unique_ptr<Store> store, RecorderLimits limits,
                                               Told told) {
  auto writer = std::make_unique<Writer>(std::move(store), limits, std::move(told));
  if (auto error = writer->start()) return std::unexpected(std::move(*error));
  return Recorder(std::move(writer));
}

Recorder::Recorder(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
Recorder::Recorder(Recorder&&) noexcept = default;
Recorder::~Recorder() = default;

void Recorder::submit(Result result) {
  writer_->submit(std::move(result));
}

void Recorder::submit(IncidentStep step) {
  writer_->submit(std::move(step));
}

void Recorder::submit(DeliveryRecord delivery) {
  writer_->submit(std::move(delivery));
}

void Recorder::forget_results(Timestamp before) {
  writer_->forget_results(before);
}

void Recorder::forget_rollups(Timestamp before) {
  writer_->forget_rollups(before);
}

void Recorder::roll_up(Timestamp until) {
  writer_->roll_up(until);
}

bool Recorder::flush(std::chrono::milliseconds deadline) {
  return writer_->flush(deadline);
}

RecorderStatistics Recorder::statistics() const {
  return writer_->statistics();
}

}  // namespace gatewatch::storage
