// The recorder's thread: when to write what, and to keep house between. Included by recorder.cpp
// and writer.cpp alone.

#pragma once

#include <condition_variable>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "storage/backlog.h"
#include "storage/recorder.h"

namespace gatewatch::storage {

class Recorder::Writer {
 public:
  using SteadyClock = std::chrono::steady_clock;

  Writer(std::unique_ptr<Store> store, RecorderLimits limits, Told told, Replace replace)
      : limits_(limits),
        told_(std::move(told)),
        replace_(std::move(replace)),
        store_(std::move(store)),
        backlog_({.bytes = limits.bytes, .batch_results = limits.batch_results}) {}

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
  void submit(GapRecord gap);
  // What is essential.
  template <typename Record>
  void submit(Record record) {
    tell_writer([this, &record] {
      backlog_.add(std::move(record));
      note_essential();
    });
  }
  void forget_results(Timestamp before);
  void forget_evidence(Timestamp before, std::uint64_t most_bytes);
  void forget_rollups(Timestamp before);
  void roll_up(Timestamp until);
  void limit_size(std::uint64_t bytes);
  void distrust(std::uint64_t store);
  bool flush(std::chrono::milliseconds deadline);
  bool flush_essentials(std::chrono::milliseconds deadline);
  RecorderStatistics statistics() const;

 private:
  using SteadyTime = SteadyClock::time_point;

  // What the writer does, each of which fails by itself.
  struct Turn {
    SteadyTime at;      // not before
    std::string error;  // of the newest attempt; empty: it succeeded
  };

  struct EvidenceRetention {
    Timestamp before;
    std::uint64_t most_bytes = 0;

    friend bool operator==(const EvidenceRetention&, const EvidenceRetention&) = default;
  };

  enum class Task {
    Replace,
    Write,
    RollUp,
    Forget,
    ForgetEvidence,
    ForgetRollups,
    Shrink,
    Compact,
    Stop
  };

  // Runs `change` with the lock held, then lets the writer look.
  template <typename Change>
  void tell_writer(Change change) {
    {
      const std::scoped_lock lock(mutex_);
      change();
    }
    work_.notify_one();
  }
  void note_essential();
  void run();
  void end(std::unique_lock<std::mutex>& lock);
  void keep_house(std::unique_lock<std::mutex>& lock);
  Task wait_for_task(std::unique_lock<std::mutex>& lock);
  // The next one, or nothing before `until`.
  std::optional<Task> next_task(SteadyTime now, SteadyTime& until) const;
  bool has_queued() const { return !backlog_.written().reach(backlog_.added()); }
  std::optional<SteadyTime> write_due() const;
  // Each is entered and left with the lock held, and lets go of it for the database.
  bool write(std::unique_lock<std::mutex>& lock);
  bool write_together(std::unique_lock<std::mutex>& lock);
  bool write_part(std::unique_lock<std::mutex>& lock, Taken& taken, Turn& turn);
  std::expected<void, Error> attempt(std::unique_lock<std::mutex>& lock, const Batch& batch);
  void finish(Taken& taken, Turn& turn);
  void forget(std::unique_lock<std::mutex>& lock);
  void forget_evidence(std::unique_lock<std::mutex>& lock);
  void forget_rollups(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] bool rolls_up() const;
  void roll_up(std::unique_lock<std::mutex>& lock);
  void shrink(std::unique_lock<std::mutex>& lock);
  void compact(std::unique_lock<std::mutex>& lock);
  void measure(std::unique_lock<std::mutex>& lock);
  void replace(std::unique_lock<std::mutex>& lock);
  void tell();
  void look_for_damage();
  void fail(Turn& turn, const Error& error, std::chrono::milliseconds pause);

  const RecorderLimits limits_;
  const Told told_;
  const Replace replace_;
  // The writer thread's alone:
  std::unique_ptr<Store> store_;  // null: it was damaged, and there is no other yet
  Taken essentials_;              // kept while the database refuses them
  Taken results_;                 // likewise
  std::size_t told_steps_ = 0;    // the first ones of the essentials
  bool compacting_ = false;       // something may be left to compact
  SteadyTime measured_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable work_;
  std::condition_variable progress_;
  Backlog backlog_;
  Backlog::Counts flush_target_;
  Turn essentials_turn_;
  Turn results_turn_;
  Turn house_turn_;
  Turn compact_turn_;
  Turn roll_up_turn_;
  Turn forget_rollups_turn_;
  Turn replace_turn_;
  std::optional<Timestamp> forget_before_;
  std::optional<EvidenceRetention> forget_evidence_;
  std::optional<Timestamp> forget_rollups_before_;
  std::optional<Timestamp> roll_up_until_;
  std::uint64_t max_size_ = std::numeric_limits<std::uint64_t>::max();
  bool shrinking_ = false;  // the records take more than that
  bool damaged_ = false;
  std::uint64_t replaced_ = 0;  // how many stores were
  bool stopping_ = false;
  std::optional<SteadyTime> essentials_since_;  // the oldest of them
  RecorderStatistics statistics_;

  std::jthread thread_;  // last: it uses everything above, and is joined first
};

}  // namespace gatewatch::storage
