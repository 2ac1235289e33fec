#include "tests/storage/gated_store.h"

#include <algorithm>
#include <chrono>

namespace gatewatch::tests {

class Gate::GatedStore final : public storage::Store {
 public:
  explicit GatedStore(Gate& gate) : gate_(gate) {}

  std::expected<void, Error> write(const storage::Batch& batch) override {
    std::unique_lock lock(gate_.mutex_);
    if (!gate_.enter(lock)) return std::unexpected(Error{"the disk is full"});
    if (gate_.short_of_space_ && !batch.results.empty()) {
      ++gate_.seen_.failures;
      gate_.trouble_ = storage::Trouble::Full;
      gate_.changed_.notify_all();
      return std::unexpected(Error{"the disk is full"});
    }
    gate_.seen_.batches.push_back(batch);
    gate_.changed_.notify_all();
    return {};
  }

  std::expected<std::uint64_t, Error> forget_results(Timestamp, std::uint32_t limit) override {
    std::unique_lock lock(gate_.mutex_);
    if (!gate_.enter(lock)) return std::unexpected(Error{"the disk is full"});
    const auto count = std::min(gate_.old_results_, limit);
    gate_.old_results_ -= count;
    gate_.seen_.forgotten.push_back(count);
    gate_.changed_.notify_all();
    return count;
  }

  std::expected<std::uint64_t, Error> forget_evidence(Timestamp, std::uint64_t,
                                                      std::uint32_t limit) override {
    std::unique_lock lock(gate_.mutex_);
    if (!gate_.enter(lock)) return std::unexpected(Error{"the disk is full"});
    const auto count = std::min(gate_.old_evidence_, limit);
    gate_.old_evidence_ -= count;
    gate_.seen_.forgotten_evidence.push_back(count);
    gate_.changed_.notify_all();
    return count;
  }

  std::expected<std::uint64_t, Error> compact_results(std::uint64_t least) override {
    const std::scoped_lock lock(gate_.mutex_);
    if (gate_.compacting_failures_due_ > 0) {
      --gate_.compacting_failures_due_;
      return std::unexpected(Error{"a block is damaged"});
    }
    gate_.seen_.compacted.push_back(gate_.loose_results_ < least ? 0 : least);
    gate_.loose_results_ -= gate_.seen_.compacted.back();
    gate_.changed_.notify_all();
    return gate_.seen_.compacted.back();
  }

  std::expected<std::uint64_t, Error> roll_up(Timestamp until) override {
    const std::scoped_lock lock(gate_.mutex_);
    gate_.seen_.rolled_up.push_back(until);
    gate_.changed_.notify_all();
    if (gate_.rolling_up_failures_due_ > 0) {
      --gate_.rolling_up_failures_due_;
      return std::unexpected(Error{"a rollup is damaged"});
    }
    if (gate_.due_hours_ == 0) return 0;
    --gate_.due_hours_;
    return 1;
  }
  std::expected<std::vector<storage::StoredRollup>, Error> rollups(
      const storage::RollupQuery&) override {
    return std::vector<storage::StoredRollup>();
  }
  std::expected<std::vector<storage::RouteHistory>, Error> histories(
      const storage::HistoryQuery&) override {
    return std::vector<storage::RouteHistory>();
  }
  std::expected<std::uint64_t, Error> forget_rollups(Timestamp before, std::uint32_t) override {
    const std::scoped_lock lock(gate_.mutex_);
    gate_.seen_.rollups_forgotten.push_back(before);
    gate_.changed_.notify_all();
    return 0;
  }

  std::expected<std::vector<Result>, Error> results(const storage::ResultQuery&) override {
    return std::vector<Result>();
  }
  std::expected<std::vector<Result>, Error> evidence(const storage::ResultQuery&) override {
    return std::vector<Result>();
  }
  std::expected<std::vector<storage::ResultOutline>, Error> outlines(const std::string&, Timestamp,
                                                                     Timestamp) override {
    return std::vector<storage::ResultOutline>();
  }
  std::expected<std::vector<storage::IncidentHistory>, Error> incidents(
      const storage::IncidentQuery&) override {
    return std::vector<storage::IncidentHistory>();
  }
  std::expected<std::vector<storage::DeliveryRecord>, Error> pending_deliveries() override {
    return std::vector<storage::DeliveryRecord>();
  }
  std::expected<std::int64_t, Error> last_incident_id() override { return 0; }
  std::expected<std::vector<storage::SilenceRecord>, Error> silences(
      const storage::TimeQuery&) override {
    return std::vector<storage::SilenceRecord>();
  }
  std::expected<std::vector<storage::ChangeRecord>, Error> changes(
      const storage::TimeQuery&) override {
    return std::vector<storage::ChangeRecord>();
  }
  std::expected<std::vector<storage::GapRecord>, Error> gaps(const storage::TimeQuery&) override {
    return std::vector<storage::GapRecord>();
  }
  std::expected<storage::StoreSizes, Error> sizes() override {
    const std::scoped_lock lock(gate_.mutex_);
    return storage::StoreSizes{.records = 1000 + gate_.old_results_ + gate_.old_evidence_};
  }
  [[nodiscard]] storage::Trouble trouble() const override {
    const std::scoped_lock lock(gate_.mutex_);
    return gate_.trouble_;
  }

 private:
  Gate& gate_;
};

std::unique_ptr<storage::Store> Gate::store() {
  return std::make_unique<GatedStore>(*this);
}

bool Gate::enter(std::unique_lock<std::mutex>& lock) {
  ++seen_.calls;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !held_; });
  trouble_ = failures_due_ == 0 ? storage::Trouble::None : failure_;
  if (failures_due_ == 0) return true;
  --failures_due_;
  ++seen_.failures;
  changed_.notify_all();
  return false;
}

void Gate::hold() {
  const std::scoped_lock lock(mutex_);
  held_ = true;
}

void Gate::release() {
  const std::scoped_lock lock(mutex_);
  held_ = false;
  changed_.notify_all();
}

void Gate::fail(std::uint64_t calls, storage::Trouble trouble) {
  const std::scoped_lock lock(mutex_);
  failures_due_ = calls;
  failure_ = trouble;
}

void Gate::be_short_of_space(bool is_short) {
  const std::scoped_lock lock(mutex_);
  short_of_space_ = is_short;
}

void Gate::keep_old(std::uint32_t results) {
  const std::scoped_lock lock(mutex_);
  old_results_ = results;
}

void Gate::keep_old_evidence(std::uint32_t items) {
  const std::scoped_lock lock(mutex_);
  old_evidence_ = items;
}

void Gate::fail_compacting(std::uint64_t calls) {
  const std::scoped_lock lock(mutex_);
  compacting_failures_due_ = calls;
}

void Gate::keep_due(std::uint64_t hours) {
  const std::scoped_lock lock(mutex_);
  due_hours_ = hours;
}

void Gate::fail_rolling_up(std::uint64_t calls) {
  const std::scoped_lock lock(mutex_);
  rolling_up_failures_due_ = calls;
}

void Gate::keep_loose(std::uint64_t results) {
  const std::scoped_lock lock(mutex_);
  loose_results_ = results;
}

bool Gate::wait_until(const std::function<bool(const Seen&)>& predicate) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::minutes(1), [&] { return predicate(seen_); });
}

Seen Gate::seen() {
  const std::scoped_lock lock(mutex_);
  return seen_;
}

}  // namespace gatewatch::tests
