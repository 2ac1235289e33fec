// A store in memory seen through an owner of its own: a recorder takes its store with it when it
// ends, and a test wants to look at it, or start another daemon on it, afterwards.

#pragma once

#include <memory>
#include <utility>

#include "tests/fakes/memory_store.h"

namespace gatewatch::tests {

class SharedStore final : public storage::Store {
 public:
  explicit SharedStore(std::shared_ptr<MemoryStore> store) : store_(std::move(store)) {}

  std::expected<void, Error> write(const storage::Batch& batch) override {
    return store_->write(batch);
  }
  std::expected<std::vector<Result>, Error> results(const storage::ResultQuery& query) override {
    return store_->results(query);
  }
  std::expected<std::vector<Result>, Error> evidence(const storage::ResultQuery& query) override {
    return store_->evidence(query);
  }
  std::expected<std::vector<storage::ResultOutline>, Error> outlines(const std::string& route,
                                                                     Timestamp from,
                                                                     Timestamp before) override {
    return store_->outlines(route, from, before);
  }
  std::expected<std::vector<storage::IncidentHistory>, Error> incidents(
      const storage::IncidentQuery& query) override {
    return store_->incidents(query);
  }
  std::expected<std::vector<storage::DeliveryRecord>, Error> pending_deliveries() override {
    return store_->pending_deliveries();
  }
  std::expected<std::int64_t, Error> last_incident_id() override {
    return store_->last_incident_id();
  }
  std::expected<std::vector<storage::SilenceRecord>, Error> silences(
      const storage::TimeQuery& query) override {
    return store_->silences(query);
  }
  std::expected<std::vector<storage::ChangeRecord>, Error> changes(
      const storage::TimeQuery& query) override {
    return store_->changes(query);
  }
  std::expected<std::vector<storage::GapRecord>, Error> gaps(
      const storage::TimeQuery& query) override {
    return store_->gaps(query);
  }
  std::expected<std::uint64_t, Error> forget_results(Timestamp before,
                                                     std::uint32_t limit) override {
    return store_->forget_results(before, limit);
  }
  std::expected<std::uint64_t, Error> forget_evidence(Timestamp before, std::uint64_t most_bytes,
                                                      std::uint32_t limit) override {
    return store_->forget_evidence(before, most_bytes, limit);
  }
  std::expected<std::uint64_t, Error> compact_results(std::uint64_t least) override {
    return store_->compact_results(least);
  }
  std::expected<std::uint64_t, Error> roll_up(Timestamp until) override {
    return store_->roll_up(until);
  }
  std::expected<std::vector<storage::StoredRollup>, Error> rollups(
      const storage::RollupQuery& query) override {
    return store_->rollups(query);
  }
  std::expected<std::vector<storage::RouteHistory>, Error> histories(
      const storage::HistoryQuery& query) override {
    return store_->histories(query);
  }
  std::expected<std::uint64_t, Error> forget_rollups(Timestamp before,
                                                     std::uint32_t limit) override {
    return store_->forget_rollups(before, limit);
  }
  std::expected<storage::StoreSizes, Error> sizes() override { return store_->sizes(); }
  [[nodiscard]] storage::Trouble trouble() const override { return store_->trouble(); }

 private:
  std::shared_ptr<MemoryStore> store_;
};

}  // namespace gatewatch::tests
