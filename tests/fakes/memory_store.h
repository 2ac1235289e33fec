// The Store's twin in memory: the same answers without a disk, and failures on demand. It passes
// tests/contracts/store_contract.h like the real one.

#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/failure_storm.h"
#include "storage/store.h"

namespace gatewatch::tests {

class MemoryStore : public storage::Store {
 public:
  [[nodiscard]] std::expected<void, Error> write(const storage::Batch& batch) override;
  [[nodiscard]] std::expected<std::vector<Result>, Error> results(
      const storage::ResultQuery& query) override;
  [[nodiscard]] std::expected<std::vector<Result>, Error> evidence(
      const storage::ResultQuery& query) override;
  [[nodiscard]] std::expected<std::vector<storage::ResultOutline>, Error> outlines(
      const std::string& route, Timestamp from, Timestamp before) override;
  [[nodiscard]] std::expected<std::vector<storage::IncidentHistory>, Error> incidents(
      const storage::IncidentQuery& query) override;
  [[nodiscard]] std::expected<std::vector<storage::DeliveryRecord>, Error> pending_deliveries()
      override;
  [[nodiscard]] std::expected<std::int64_t, Error> last_incident_id() override;
  [[nodiscard]] std::expected<std::vector<storage::SilenceRecord>, Error> silences(
      const storage::TimeQuery& query) override;
  [[nodiscard]] std::expected<std::vector<storage::ChangeRecord>, Error> changes(
      const storage::TimeQuery& query) override;
  [[nodiscard]] std::expected<std::vector<storage::GapRecord>, Error> gaps(
      const storage::TimeQuery& query) override;
  [[nodiscard]] std::expected<std::uint64_t, Error> forget_results(Timestamp before,
                                                                   std::uint32_t limit) override;
  [[nodiscard]] std::expected<std::uint64_t, Error> forget_evidence(Timestamp before,
                                                                    std::uint64_t most_bytes,
                                                                    std::uint32_t limit) override;
  [[nodiscard]] std::expected<std::uint64_t, Error> compact_results(std::uint64_t least) override;
  [[nodiscard]] std::expected<std::uint64_t, Error> roll_up(Timestamp until) override;
  [[nodiscard]] std::expected<std::vector<storage::StoredRollup>, Error> rollups(
      const storage::RollupQuery& query) override;
  [[nodiscard]] std::expected<std::vector<storage::RouteHistory>, Error> histories(
      const storage::HistoryQuery& query) override;
  [[nodiscard]] std::expected<std::uint64_t, Error> forget_rollups(Timestamp before,
                                                                   std::uint32_t limit) override;
  [[nodiscard]] std::expected<storage::StoreSizes, Error> sizes() override;
  [[nodiscard]] storage::Trouble trouble() const override { return trouble_; }

  // The next `calls` calls, of any kind, fail with `message` and change nothing.
  void fail(std::uint64_t calls, std::string message = "the disk is full");
  // Batches that were written.
  [[nodiscard]] std::uint64_t writes() const { return writes_; }

 private:
  // An error while failures are due, which it counts down.
  [[nodiscard]] std::expected<void, Error> refuse();
  void write_evidence(const Result& result);
  void write_step(const storage::IncidentStep& step);
  void write_delivery(const storage::DeliveryRecord& delivery);

  using Series = std::pair<std::string, std::string>;  // route and region

  void roll_up_series(const Series& series, std::span<const storage::RollupSample> samples,
                      Timestamp until);
  // Of a step of this length that begins at `begin`; an empty one where there is none.
  [[nodiscard]] storage::Rollup rollup(const Series& series, storage::RollupStep step,
                                       Timestamp begin) const;

  std::vector<Result> results_;               // in the order of arrival
  std::map<std::uint64_t, Result> evidence_;  // by the number of arrival
  std::uint64_t evidence_count_ = 0;          // that came
  // By what its failures share, and the number of the last one.
  using StormKey = std::tuple<std::string, std::string, Outcome, std::string, int>;
  std::map<StormKey, std::pair<storage::FailureStorm, std::uint64_t>> storms_;
  std::map<Series, std::map<Timestamp, storage::HourRollup>> hours_;
  Timestamp rolled_up_until_{};
  bool rollups_are_due_ = false;
  std::map<std::int64_t, storage::IncidentRecord> incidents_;
  std::map<std::pair<std::int64_t, std::int64_t>, storage::IncidentEvent> events_;
  std::vector<storage::DeliveryRecord> deliveries_;  // in the order of arrival
  std::map<std::int64_t, storage::SilenceRecord> silences_;
  std::map<std::int64_t, storage::ChangeRecord> changes_;
  std::map<std::pair<Timestamp, std::string>, storage::GapRecord> gaps_;
  std::uint64_t failures_due_ = 0;
  std::string failure_;
  storage::Trouble trouble_ = storage::Trouble::None;
  std::uint64_t writes_ = 0;
};

}  // namespace gatewatch::tests
