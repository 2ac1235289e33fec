#include "storage/sqlite/sqlite_store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/annotation_table.h"
#include "storage/sqlite/database.h"
#include "storage/sqlite/database_file.h"
#include "storage/sqlite/evidence_search.h"
#include "storage/sqlite/evidence_table.h"
#include "storage/sqlite/incident_table.h"
#include "storage/sqlite/reserve.h"
#include "storage/sqlite/result_search.h"
#include "storage/sqlite/result_table.h"
#include "storage/sqlite/rollup_maker.h"
#include "storage/sqlite/rollup_search.h"
#include "storage/sqlite/rollup_table.h"
#include "storage/sqlite/row_migration.h"
#include "storage/sqlite/write_ahead_log.h"

namespace gatewatch::storage {

namespace {

using sqlite::Failure;
using sqlite::Transaction;

// Free pages that stay in the file for the results to come, and how many of the others one step of
// retention gives back to the file system.
constexpr std::int64_t kept_free_pages = 1'000;
constexpr std::int64_t freed_pages_per_step = 500;

template <typename Value>
std::expected<Value, Error> told(std::expected<Value, Failure> value) {
  if (!value) return std::unexpected(Error{std::move(value.error().message)});
  return std::move(*value);
}

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(sqlite::DatabaseFile file)
      : file_(std::move(file)),
        database_(*file_.database),
        results_(database_),
        search_(database_),
        evidence_(database_),
        evidence_search_(database_),
        rollups_(database_),
        rollup_maker_(database_, results_.due_hours(), rollups_),
        rollup_search_(database_),
        incidents_(database_),
        annotations_(database_),
        reserve_(database_.path()),
        log_(database_) {
    if (!database_.is_read_only()) static_cast<void>(reserve_.restore());
    const auto needed = sqlite::RowMigration::is_needed(database_);
    if (needed && *needed && !database_.is_read_only()) {
      rows_.emplace(database_, results_, evidence_);
    }
  }

  std::expected<void, Error> write(const Batch& batch) override;
  std::expected<std::vector<Result>, Error> results(const ResultQuery& query) override;
  std::expected<std::vector<Result>, Error> evidence(const ResultQuery& query) override {
    return told(evidence_search_.find(query));
  }
  std::expected<std::vector<ResultOutline>, Error> outlines(const std::string& route,
                                                            Timestamp from,
                                                            Timestamp before) override;
  std::expected<std::vector<IncidentHistory>, Error> incidents(const IncidentQuery& query) override;
  std::expected<std::vector<DeliveryRecord>, Error> pending_deliveries() override {
    return told(incidents_.pending());
  }
  std::expected<std::int64_t, Error> last_incident_id() override {
    return told(incidents_.last_id());
  }
  std::expected<std::vector<SilenceRecord>, Error> silences(const TimeQuery& query) override {
    return told(annotations_.silences(query));
  }
  std::expected<std::vector<ChangeRecord>, Error> changes(const TimeQuery& query) override {
    return told(annotations_.changes(query));
  }
  std::expected<std::vector<GapRecord>, Error> gaps(const TimeQuery& query) override {
    return told(annotations_.gaps(query));
  }
  std::expected<std::uint64_t, Error> forget_results(Timestamp before,
                                                     std::uint32_t limit) override;
  std::expected<std::uint64_t, Error> forget_evidence(Timestamp before, std::uint64_t most_bytes,
                                                      std::uint32_t limit) override;
  std::expected<std::uint64_t, Error> compact_results(std::uint64_t least) override;
  std::expected<std::uint64_t, Error> roll_up(Timestamp until) override;
  std::expected<std::vector<StoredRollup>, Error> rollups(const RollupQuery& query) override;
  std::expected<std::vector<RouteHistory>, Error> histories(const HistoryQuery& query) override;
  std::expected<std::uint64_t, Error> forget_rollups(Timestamp before,
                                                     std::uint32_t limit) override;
  std::expected<StoreSizes, Error> sizes() override;
  [[nodiscard]] Trouble trouble() const override {
    if (trouble_ == Trouble::Moved) return trouble_;
    return database_.is_damaged() ? Trouble::Damaged : trouble_;
  }

 private:
  std::expected<void, Failure> write_all(const Batch& batch);
  std::expected<void, Failure> write_from_reserve(const Batch& batch);
  // Runs `change` as a transaction that does not wait for the disk: what it counts.
  template <typename Change>
  std::expected<std::uint64_t, Error> keep_house(Change change);
  template <typename Change>
  std::expected<std::uint64_t, Failure> change_results(Change change);
  // Whether commits wait for the disk from now on.
  std::expected<void, Failure> set_synchronous(bool full);
  void roll_back();
  void give_back_free_pages();
  void move_rows();

  sqlite::DatabaseFile file_;
  sqlite::Database& database_;
  sqlite::ResultTable results_;
  sqlite::ResultSearch search_;
  sqlite::EvidenceTable evidence_;
  sqlite::EvidenceSearch evidence_search_;
  sqlite::RollupTable rollups_;
  sqlite::RollupMaker rollup_maker_;
  sqlite::RollupSearch rollup_search_;
  sqlite::IncidentTable incidents_;
  sqlite::AnnotationTable annotations_;
  std::optional<sqlite::RowMigration> rows_;  // while some are left
  sqlite::Reserve reserve_;
  sqlite::WriteAheadLog log_;
  std::optional<bool> synchronous_full_;
  Trouble trouble_ = Trouble::None;
};

std::expected<void, Error> SqliteStore::write(const Batch& batch) {
  if (batch.empty()) return {};
  if (trouble_ == Trouble::Moved || database_.has_moved()) {
    trouble_ = Trouble::Moved;
    return std::unexpected(Error{
        fmt::format("the database {} was moved or deleted while it was used", database_.path())});
  }
  auto written = write_from_reserve(batch);
  log_.check_point();
  if (written) {
    trouble_ = Trouble::None;
    if (rows_) move_rows();
    return {};
  }
  trouble_ = written.error().is_of_space() ? Trouble::Full : Trouble::Other;
  return std::unexpected(Error{std::move(written.error().message)});
}

std::expected<void, Failure> SqliteStore::write_from_reserve(const Batch& batch) {
  if (!batch.results.empty() && !reserve_.restore()) {
    return std::unexpected(Failure{
        SQLITE_FULL,
        fmt::format("the database {} waits for space: results are not written while the file "
                    "system lacks the {} bytes that are kept back for incidents",
                    database_.path(), sqlite::Reserve::bytes)});
  }
  auto written = write_all(batch);
  if (written) return written;
  roll_back();
  const bool may_release = batch.results.empty() && written.error().is_of_space();
  if (!may_release || !reserve_.release()) return written;
  written = write_all(batch);
  return written;
}

// Housekeeping: where it fails, the batch is written all the same, and the next start tries again.
void SqliteStore::move_rows() {
  const auto moved = keep_house([this] { return rows_->move_rows(0); });
  if (moved && *moved > 0) return;
  if (moved) static_cast<void>(rows_->finish());
  rows_.reset();
}

std::expected<void, Failure> SqliteStore::write_all(const Batch& batch) {
  if (auto set = set_synchronous(batch.is_essential()); !set) {
    return set;
  }
  auto transaction = Transaction::write(database_);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  if (auto added = results_.add(batch.results); !added) return added;
  if (auto added = evidence_.add(batch.results); !added) return added;
  for (const auto& step : batch.steps) {
    if (auto added = incidents_.add(step); !added) return added;
  }
  for (const auto& delivery : batch.deliveries) {
    if (auto put = incidents_.put(delivery); !put) return put;
  }
  const auto put_all = [this](const auto& records) -> std::expected<void, Failure> {
    for (const auto& record : records) {
      if (auto put = annotations_.put(record); !put) return put;
    }
    return {};
  };
  auto put = put_all(batch.silences);
  if (put) put = put_all(batch.changes);
  if (put) put = put_all(batch.gaps);
  if (!put) return put;
  return transaction->commit();
}

std::expected<void, Failure> SqliteStore::set_synchronous(bool full) {
  if (synchronous_full_ == full) return {};
  auto set = database_.execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  if (set) synchronous_full_ = full;
  return set;
}

std::expected<std::vector<Result>, Error> SqliteStore::results(const ResultQuery& query) {
  auto transaction = Transaction::read(database_);
  if (!transaction) return std::unexpected(Error{std::move(transaction.error().message)});
  return told(search_.find(query));
}

std::expected<std::vector<ResultOutline>, Error> SqliteStore::outlines(const std::string& route,
                                                                       Timestamp from,
                                                                       Timestamp before) {
  auto transaction = Transaction::read(database_);
  if (!transaction) return std::unexpected(Error{std::move(transaction.error().message)});
  return told(search_.outlines(route, from, before));
}

std::expected<std::vector<IncidentHistory>, Error> SqliteStore::incidents(
    const IncidentQuery& query) {
  auto transaction = Transaction::read(database_);
  if (!transaction) return std::unexpected(Error{std::move(transaction.error().message)});
  return told(incidents_.find(query));
}

std::expected<std::uint64_t, Error> SqliteStore::forget_results(Timestamp before,
                                                                std::uint32_t limit) {
  if (rows_) return 0;  // they are older, and show certificates that nothing else does
  auto forgotten = keep_house([&] { return results_.forget(before, limit); });
  rollup_maker_.forget();
  if (forgotten) give_back_free_pages();
  return forgotten;
}

std::expected<std::uint64_t, Error> SqliteStore::forget_evidence(Timestamp before,
                                                                 std::uint64_t most_bytes,
                                                                 std::uint32_t limit) {
  if (rows_) return 0;  // results go first
  auto forgotten = keep_house([&] { return evidence_.forget(before, most_bytes, limit); });
  if (forgotten && *forgotten > 0) give_back_free_pages();
  return forgotten;
}

std::expected<std::uint64_t, Error> SqliteStore::compact_results(std::uint64_t least) {
  const auto can = results_.can_compact(least);
  if (!can) return std::unexpected(Error{can.error().message});
  if (!*can) return 0;
  if (!reserve_.restore()) return 0;  // it can wait, and writes more than it frees
  return keep_house([&] { return results_.compact(least); });
}

std::expected<std::uint64_t, Error> SqliteStore::roll_up(Timestamp until) {
  const auto due = results_.due_hours().next(until);
  if (!due) return std::unexpected(Error{due.error().message});
  if (!*due) return 0;
  if (!reserve_.restore()) return 0;  // the hours stay due
  return keep_house([&] { return rollup_maker_.step(until); });
}

std::expected<std::vector<StoredRollup>, Error> SqliteStore::rollups(const RollupQuery& query) {
  auto transaction = Transaction::read(database_);
  if (!transaction) return std::unexpected(Error{std::move(transaction.error().message)});
  return told(rollup_search_.find(query));
}

std::expected<std::vector<RouteHistory>, Error> SqliteStore::histories(const HistoryQuery& query) {
  auto transaction = Transaction::read(database_);
  if (!transaction) return std::unexpected(Error{std::move(transaction.error().message)});
  return told(rollup_search_.histories(query));
}

std::expected<std::uint64_t, Error> SqliteStore::forget_rollups(Timestamp before,
                                                                std::uint32_t limit) {
  auto forgotten = keep_house([&] { return rollups_.forget(before, limit); });
  if (forgotten) give_back_free_pages();
  return forgotten;
}

void SqliteStore::roll_back() {
  results_.roll_back();
  evidence_.roll_back();
  rollups_.roll_back();
  rollup_maker_.forget();
}

template <typename Change>
std::expected<std::uint64_t, Error> SqliteStore::keep_house(Change change) {
  auto changed = change_results(change);
  if (!changed) roll_back();
  log_.check_point();
  return told(std::move(changed));
}

template <typename Change>
std::expected<std::uint64_t, Failure> SqliteStore::change_results(Change change) {
  if (auto set = set_synchronous(false); !set) return std::unexpected(std::move(set.error()));
  auto transaction = Transaction::write(database_);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  auto changed = change();
  if (!changed) return changed;
  if (auto committed = transaction->commit(); !committed) {
    return std::unexpected(std::move(committed.error()));
  }
  return changed;
}

// Housekeeping: where it fails, the results are forgotten all the same, and the next step tries
// again.
void SqliteStore::give_back_free_pages() {
  const auto free_pages = database_.number("PRAGMA freelist_count");
  if (!free_pages || *free_pages <= kept_free_pages) return;
  const auto pages = std::min(*free_pages - kept_free_pages, freed_pages_per_step);
  static_cast<void>(database_.execute(fmt::format("PRAGMA incremental_vacuum({})", pages)));
}

std::expected<StoreSizes, Error> SqliteStore::sizes() {
  StoreSizes sizes{.log = static_cast<std::uint64_t>(log_.bytes())};
  std::uint64_t free = 0;
  for (const auto& [size, sql] :
       {std::pair(&sizes.file,
                  "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"),
        std::pair(&free,
                  "SELECT freelist_count * page_size FROM pragma_freelist_count, "
                  "pragma_page_size")}) {
    const auto number = database_.number(sql);
    if (!number) return std::unexpected(Error{number.error().message});
    *size = static_cast<std::uint64_t>(*number);
  }
  sizes.records = sizes.file - std::min(free, sizes.file);
  return sizes;
}

}  // namespace

std::expected<std::unique_ptr<Store>, Error> open_sqlite_store(const std::string& path,
                                                               OpenMode mode) {
  auto file =
      mode == OpenMode::ReadWrite ? sqlite::open_for_writing(path) : sqlite::open_for_reading(path);
  if (!file) return std::unexpected(Error{std::move(file.error().message)});
  return make_sqlite_store(std::move(*file));
}

std::unique_ptr<Store> make_sqlite_store(sqlite::DatabaseFile file) {
  return std::make_unique<SqliteStore>(std::move(file));
}

}  // namespace gatewatch::storage
