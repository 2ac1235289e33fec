// The one writer: a bounded queue and a thread that turns what came within 250 ms into one
// transaction. The probe path never waits for the database: submitting takes a lock for the
// length of a push. What is essential (incident steps, deliveries, what people told us) flushes at
// once. While the database refuses, what is queued is kept and tried again, the essential first and
// by itself: no result is ever in its way. Waits use the steady clock of the system: no simulated
// clock can be read from this thread.

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
  std::size_t bytes = std::size_t{64} << 20;  // of queued results; see backlog.h for what gives way
  std::chrono::milliseconds batch{250};
  std::size_t batch_results = 10'000;     // a full batch is written early
  std::chrono::milliseconds retry{1000};  // between attempts while the database refuses
  std::uint32_t forget_results = 1'000;   // deleted by one step
  std::uint32_t forget_evidence = 200;    // the same
  std::uint32_t forget_rollups = 1'000;   // the same
  // Results are compacted where so many lie together: fewer of each route cost more each. Steps
  // take turns with batches.
  std::uint64_t compact_results = 8'192;
  std::chrono::milliseconds compact_retry = std::chrono::minutes(1);  // after a failure
  std::chrono::milliseconds measure{1000};  // how often sizes are asked for
  std::chrono::milliseconds stall{1000};    // a write that takes longer is counted as one
};

struct RecorderStatistics {
  std::size_t queued_results = 0;      // those of the batch at work among them
  std::size_t queued_steps = 0;        // and whatever else is essential
  std::size_t queued_bytes = 0;        // of results
  std::chrono::nanoseconds oldest{0};  // how long what has waited longest has
  std::uint64_t written_results = 0;
  std::uint64_t dropped_results = 0;
  std::uint64_t dropped_evidence = 0;  // results stored without it
  std::uint64_t failed_writes = 0;     // attempts, of writing and of keeping house
  std::uint64_t batches = 0;
  std::uint64_t stalls = 0;                 // writes that took too long, whatever became of them
  std::chrono::nanoseconds last_write{0};   // how long the last transaction took
  std::chrono::nanoseconds total_write{0};  // over all transactions
  StoreSizes sizes;
  std::string last_error;  // empty: the last write succeeded
};

class Recorder {
 public:
  // Called on the writer thread, once with each step and in their order: when it is durable, or
  // when the database refused it for the first time. Alerts do not wait for a disk: such a step is
  // kept, and written as soon as that can be done.
  using Told = std::function<void(const std::vector<IncidentStep>&)>;
  // Called on the writer thread with a store that is damaged, or with none where that failed
  // before: the store to go on with. What is queued is written to that one.
  using Replace =
      std::function<std::expected<std::unique_ptr<Store>, Error>(std::unique_ptr<Store> damaged)>;

  // Without `replace` a damaged store is tried again like a failing one. The error: no thread could
  // be made.
  [[nodiscard]] static std::expected<Recorder, Error> start(std::unique_ptr<Store> store,
                                                            RecorderLimits limits, Told told,
                                                            Replace replace = nullptr);
  // Writes what is queued, up to the first failure, then ends the thread.
  ~Recorder();
  Recorder(Recorder&&) noexcept;  // what was moved from may only be destroyed
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Any thread. Where the queue is full a result is dropped and counted (the older ones tell how
  // the trouble began); what is essential never is: it is little and bounded by the rules.
  void submit(Result result);
  void submit(IncidentStep step);
  void submit(DeliveryRecord delivery);
  void submit(SilenceRecord silence);
  void submit(ChangeRecord change);
  void submit(GapRecord gap);
  // Deletes results older than `before` in small steps between batches. The latest `before`
  // of several calls holds.
  void forget_results(Timestamp before);
  // The same of evidence, which may take `most_bytes`; the newest call holds.
  void forget_evidence(Timestamp before, std::uint64_t most_bytes);
  // The same of rollups that are older, and brings the others up to date with the results that
  // started before `until`. Where one of these fails, it is over until it is asked for again:
  // nothing is lost, and results that are not rolled up are not forgotten.
  void forget_rollups(Timestamp before);
  void roll_up(Timestamp until);
  // Deletes what is oldest, in small steps between batches, whenever the records take more bytes
  // than this, but not while rollups are made: results until none is left that is rolled up, then
  // evidence.
  void limit_size(std::uint64_t bytes);
  // Somebody else found the store damaged: it is replaced at once. `store`: how many were replaced
  // before it; what comes too late is not heard.
  void distrust(std::uint64_t store);
  // Any thread but the writer's. Returns once everything submitted before is written and
  // `told` has returned, or the deadline passed: whether it is.
  [[nodiscard]] bool flush(std::chrono::milliseconds deadline);
  // The same of what is essential alone, which needs less space than results.
  [[nodiscard]] bool flush_essentials(std::chrono::milliseconds deadline);
  [[nodiscard]] RecorderStatistics statistics() const;

 private:
  class Writer;
  explicit Recorder(std::unique_ptr<Writer> writer);

  std::unique_ptr<Writer> writer_;
};

}  // namespace gatewatch::storage
