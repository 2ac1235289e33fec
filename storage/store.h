// What must survive a restart, in the words of the domain. storage/sqlite is the real one,
// tests/fakes/memory_store.h its twin; both pass tests/contracts/store_contract.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "config/error.h"
#include "storage/records.h"
#include "storage/rollup_records.h"

namespace gatewatch::storage {

// Everything that one transaction writes, in this order. The trace of a result that is ok is not
// kept: it would be longer than all the rest of it. Evidence is kept by itself, with what its
// result says, as far as a storm of failures leaves it (storage/failure_storm.h); whoever resets
// Result::evidence has the result written without.
struct Batch {
  std::vector<Result> results{};
  std::vector<IncidentStep> steps{};
  // By key: state, attempts, times and error of a known one change; an unknown one is added.
  std::vector<DeliveryRecord> deliveries{};
  // By id, a gap by kind and beginning: a known one becomes this one. So a silence is ended.
  std::vector<SilenceRecord> silences{};
  std::vector<ChangeRecord> changes{};
  std::vector<GapRecord> gaps{};

  [[nodiscard]] bool empty() const { return results.empty() && gaps.empty() && !is_essential(); }
  // Whether it holds what must not be forgotten: what people are told, and what they told us.
  [[nodiscard]] bool is_essential() const {
    return !steps.empty() || !deliveries.empty() || !silences.empty() || !changes.empty();
  }
};

// What is the matter with a store.
enum class Trouble : std::uint8_t {
  None,     // the newest write did not fail
  Other,    // locked, failing, misused: the same call may succeed later
  Full,     // no space: essential batches without results may still succeed
  Damaged,  // the file is not to be trusted any more: no call mends that
  Moved,    // the file is no longer at its place: what is written is lost, and no call mends that
};
[[nodiscard]] constexpr bool needs_replacement(Trouble trouble) {
  return trouble == Trouble::Damaged || trouble == Trouble::Moved;
}

// In bytes.
struct StoreSizes {
  // What the records take. Space that was freed and waits to be used again does not count, so
  // forgetting makes it smaller at once.
  std::uint64_t records = 0;
  std::uint64_t file = 0;  // the same with that space
  std::uint64_t log = 0;   // what was written and is not in the file yet

  friend bool operator==(const StoreSizes&, const StoreSizes&) = default;
};

// One object belongs to one thread at a time. Calls block on the disk: never on a loop thread.
// An error leaves the store as it was before the call; opened anew it may hold a batch all the same
// whose write failed while it was on its way to the disk. Nobody writes such a batch again: a
// process opens a file anew only to replace it, and results are left out of what takes its place.
class Store {
 public:
  virtual ~Store() = default;

  // All of the batch or nothing, durable against kill -9 once it has returned, and against power
  // loss where it is essential. A step that was written before (same incident and
  // sequence) changes nothing, so that a batch of them can be written again without harm.
  // Space is kept back for what is essential: a batch without results is written where one with
  // results is refused for want of space.
  [[nodiscard]] virtual std::expected<void, Error> write(const Batch& batch) = 0;

  [[nodiscard]] virtual std::expected<std::vector<Result>, Error> results(
      const ResultQuery& query) = 0;
  // The results whose evidence is kept, with it; those of results() come without.
  [[nodiscard]] virtual std::expected<std::vector<Result>, Error> evidence(
      const ResultQuery& query) = 0;
  // Of the route's results that started within [from, before), oldest first: faster than results().
  [[nodiscard]] virtual std::expected<std::vector<ResultOutline>, Error> outlines(
      const std::string& route, Timestamp from, Timestamp before) = 0;
  [[nodiscard]] virtual std::expected<std::vector<IncidentHistory>, Error> incidents(
      const IncidentQuery& query) = 0;
  // In the order in which they were first written, whatever the wall clock said: what the outbox
  // starts with.
  [[nodiscard]] virtual std::expected<std::vector<DeliveryRecord>, Error> pending_deliveries() = 0;
  [[nodiscard]] virtual std::expected<std::int64_t, Error> last_incident_id() = 0;  // 0: none yet
  // By id, gaps by their beginning.
  [[nodiscard]] virtual std::expected<std::vector<SilenceRecord>, Error> silences(
      const TimeQuery& query) = 0;
  [[nodiscard]] virtual std::expected<std::vector<ChangeRecord>, Error> changes(
      const TimeQuery& query) = 0;
  [[nodiscard]] virtual std::expected<std::vector<GapRecord>, Error> gaps(
      const TimeQuery& query) = 0;
  // Brings rollups up to date with the results that started before `until`: one step of some
  // milliseconds; whether there was something to do, 1 or 0. A rollup that was made stays when its
  // results are forgotten, and results that come later than that do not change it.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> roll_up(Timestamp until) = 0;
  // In the order of time, then of regions; those without a result are left out, unless what was
  // seen before stands in them.
  [[nodiscard]] virtual std::expected<std::vector<StoredRollup>, Error> rollups(
      const RollupQuery& query) = 0;
  // In the order of names, routes then regions; those without anything in these days are left out.
  [[nodiscard]] virtual std::expected<std::vector<RouteHistory>, Error> histories(
      const HistoryQuery& query) = 0;
  // Deletes rollups of hours that ended before `before`, and of days some time later, day by day
  // and the oldest first, by steps as forget_results() does: how many.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> forget_rollups(Timestamp before,
                                                                           std::uint32_t limit) = 0;
  // Deletes results that started before `before`, the oldest first, until it was `limit` of them or
  // none is left that is rolled up; how many, hence less than `limit` only there. Results are
  // deleted in the groups in which they are stored, of 512 at most and a day: `limit` may be
  // exceeded by one group, and a result stays as long as its group holds one that is not so old.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> forget_results(Timestamp before,
                                                                           std::uint32_t limit) = 0;
  // Deletes evidence that started before `before`, and while what is left takes more than
  // `most_bytes` the oldest of that too, until it was `limit` or none is left to delete; how many.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> forget_evidence(
      Timestamp before, std::uint64_t most_bytes, std::uint32_t limit) = 0;
  // Brings results nearer to the form in which they are kept: one step of some milliseconds, where
  // at least `least` lie together; how many it moved, and 0 where there is nothing to do. No other
  // answer depends on it, but for how long one takes.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> compact_results(
      std::uint64_t least) = 0;
  [[nodiscard]] virtual std::expected<StoreSizes, Error> sizes() = 0;
  // Of the newest write. Once Damaged or Moved, always.
  [[nodiscard]] virtual Trouble trouble() const = 0;
};

}  // namespace gatewatch::storage
