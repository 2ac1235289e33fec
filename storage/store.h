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
// kept: it would be longer than all the rest of it.
struct Batch {
  std::vector<Result> results{};
  std::vector<IncidentStep> steps{};
  // By key: state, attempts, times and error of a known one change; an unknown one is added.
  std::vector<DeliveryRecord> deliveries{};

  [[nodiscard]] bool empty() const {
    return results.empty() && steps.empty() && deliveries.empty();
  }
};

// One object belongs to one thread at a time. Calls block on the disk: never on a loop thread.
// An error leaves the store as it was before the call.
class Store {
 public:
  virtual ~Store() = default;

  // All of the batch or nothing, durable against kill -9 once it has returned, and against power
  // loss where it holds steps or deliveries. A step that was written before (same incident and
  // sequence) changes nothing, so that a batch of them can be written again without harm.
  [[nodiscard]] virtual std::expected<void, Error> write(const Batch& batch) = 0;

  [[nodiscard]] virtual std::expected<std::vector<Result>, Error> results(
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
  // Deletes rollups of hours that ended before `before`, and of days some time later, by steps as
  // forget_results() does: how many.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> forget_rollups(Timestamp before,
                                                                           std::uint32_t limit) = 0;
  // Deletes results that started before `before`, the oldest first, until it was `limit` of them or
  // none is left that is rolled up; how many, hence less than `limit` only there. Results are
  // deleted in the groups in which they are stored, of 512 at most and a day: `limit` may be
  // exceeded by one group, and a result stays as long as its group holds one that is not so old.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> forget_results(Timestamp before,
                                                                           std::uint32_t limit) = 0;
  // Brings results nearer to the form in which they are kept: one step of some milliseconds, where
  // at least `least` lie together; how many it moved, and 0 where there is nothing to do. No other
  // answer depends on it, but for how long one takes.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> compact_results(
      std::uint64_t least) = 0;
  // What the records take. Space that was freed and waits to be used again does not count, so
  // forgetting makes it smaller at once.
  [[nodiscard]] virtual std::expected<std::uint64_t, Error> size_bytes() = 0;
};

}  // namespace gatewatch::storage
