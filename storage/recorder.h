// The one writer: a bounded queue and a thread that turns what came within 250 ms into one
// transaction. The probe path never waits for the database: submitting takes a lock for the
// length of a push. Incident steps and deliveries flush at once. While the database refuses, what
// is queued is kept and tried again. Waits use the steady clock of the system: no simulated clock
// can be read from this thread.

#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/store.h"

namespace gatewatch::storage {

struct RecorderLimits {
  std::size_t results = 100'000;  // queued; more are dropped and counted
  std::chrono::milliseconds batch{250};
  std::size_t batch_results = 10'000;     // a full batch is written early
  std::chrono::milliseconds retry{1000};  // between attempts while the database refuses
  std::uint32_t forget_results = 1'000;   // deleted by one step
  std::uint32_t forget_rollups = 1'000;   // the same
  // Results are compacted where so many lie together: fewer of each route cost more each. Steps
  // take turns with batches.
  std::uint64_t compact_results = 8'192;
  std::chrono::milliseconds compact_retry = std::chrono::minutes(1);  // after a failure
};

struct RecorderStatistics {
  std::size_t queued_results = 0;  // those of the batch at work among them
  std::size_t queued_steps = 0;
  std::uint64_t written_results = 0;
  std::uint64_t dropped_results = 0;
  std::uint64_t failed_writes = 0;  // attempts, of writing and of keeping house
  std::uint64_t batches = 0;
  std::chrono::nanoseconds last_write{0};   // how long the last transaction took
  std::chrono::nanoseconds total_write{0};  // over all transactions
  std::uint64_t size_bytes = 0;             // Store::size_bytes() at the start, then each time
                                            // that what was to be forgotten is
  std::string last_error;                   // empty: the last write succeeded
};

class Recorder {
 public:
  // Called on the writer thread, once with each step and in their order: when it is durable, or
  // when the database refused it for the first time. Alerts do not wait for a disk: such a step is
  // kept, and written as soon as that can be done.
  using Told = std::function<void(const std::vector<IncidentStep>&)>;

  // The error: no thread could be made.
  [[nodiscard]] static std::expected<Recorder, Error> start(std::unique_ptr<Store> store,
                                                            RecorderLimits limits, Told told);
  // Writes what is queued, up to the first failure, then ends the thread.
  ~Recorder();
  Recorder(Recorder&&) noexcept;  // what was moved from may only be destroyed
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Any thread. Where the queue is full a result is dropped and counted (the older ones tell how
  // the trouble began); steps and deliveries never are: they are few and bounded by the rules.
  void submit(Result result);
  void submit(IncidentStep step);
  void submit(DeliveryRecord delivery);
  // Deletes results older than `before` in small steps between batches. The latest `before`
  // of several calls holds.
  void forget_results(Timestamp before);
  // The same of rollups that are older, and brings the others up to date with the results that
  // started before `until`. Where one of these fails, it is over until it is asked for again:
  // nothing is lost, and results that are not rolled up are not forgotten.
  void forget_rollups(Timestamp before);
  void roll_up(Timestamp until);
  // Any thread but the writer's. Returns once everything submitted before is written and
  // `told` has returned, or the deadline passed: whether it is.
  [[nodiscard]] bool flush(std::chrono::milliseconds deadline);
  [[nodiscard]] RecorderStatistics statistics() const;

 private:
  class Writer;
  explicit Recorder(std::unique_ptr<Writer> writer);

  std::unique_ptr<Writer> writer_;
};

}  // namespace gatewatch::storage
