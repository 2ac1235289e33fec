// Each call below SQLite fails once, in turn: nothing that was acknowledged is lost, the file stays
// sound, and the store goes on by itself once the fault is over.

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/source_paths.h"
#include "tests/storage/fault_vfs.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::storage;
using tests::Fault;
using tests::FaultVfs;

namespace {

namespace fs = std::filesystem;

constexpr std::array faults = {Fault::IoError, Fault::Full, Fault::ShortWrite, Fault::PowerLoss};
constexpr int batches = 4;

Batch batch_of(int number) {
  Batch batch;
  for (int index = 0; index < 5; ++index) {
    batch.results.push_back(
        tests::sample_failure(std::to_string(number), tests::sample_time(1'000 * number + index)));
  }
  // Every third one holds results alone, which no disk is waited for.
  if (number % 3 != 0) batch.steps = {tests::sample_step(number, 1)};
  return batch;
}

DeliveryRecord delivered(int number) {
  auto record = tests::sample_step(number, 1).deliveries.at(0);
  record.state = DeliveryState::Delivered;
  record.finished = tests::sample_time(9);
  return record;
}

// A daemon's life reduced to what its store does, and what it was told that was done.
class Life {
 public:
  explicit Life(std::string path) : path_(std::move(path)) {}

  // Whatever fails is left and the rest is tried, as a recorder would.
  void live() {
    open();
    for (int number = 1; number <= batches; ++number) {
      write(number);
      if (number == 3) {
        store_.reset();  // an orderly end, which empties the write-ahead log
        open();
      }
      if (number % 2 == 0) keep_house();
    }
  }

  // What a recorder does once the fault is over. Whether all of it succeeded.
  bool catch_up() {
    if (!store_) open();
    if (!store_ || store_->trouble() == Trouble::Damaged) return false;
    for (int number = 1; number <= batches; ++number) {
      if (!written_.contains(number) || !delivered_.contains(number)) write(number);
    }
    keep_house();
    return written_.size() == batches && delivered_.size() == batches &&
           store_->trouble() == Trouble::None;
  }

  void end() { store_.reset(); }

  // `survives`: whether what no disk was waited for must be there too.
  void check(bool survives) {
    const auto opened = open_sqlite_store(path_, OpenMode::ReadWrite);
    if (!opened) FAIL(opened.error().message);
    auto& store = **opened;
    for (const auto& [number, is_essential] : written_) {
      CAPTURE(number);
      if (survives) {
        // One that failed may be there after all once the file was opened anew: then it is twice.
        const auto count = store.results({.route = std::to_string(number)})->size();
        CHECK((count == 5 || count == 10));
      }
      if (!is_essential) continue;
      const auto incidents = store.incidents({.id = number}).value();
      REQUIRE(incidents.size() == 1);
      CHECK(incidents[0].incident == tests::sample_step(number, 1).incident);
      CHECK(incidents[0].events.size() == 1);
      REQUIRE(incidents[0].deliveries.size() == 1);
      if (delivered_.contains(number)) CHECK(incidents[0].deliveries[0] == delivered(number));
    }
    tests::RawSqlite raw(path_);
    CHECK(raw.run("PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok\n");
  }

 private:
  void open() {
    auto opened = open_sqlite_store(path_, OpenMode::ReadWrite);
    if (opened) store_ = std::move(*opened);
  }

  void write(int number) {
    if (!store_) return;
    const auto batch = batch_of(number);
    if (!written_.contains(number) && store_->write(batch)) {
      written_[number] = !batch.steps.empty();
    }
    if (batch.steps.empty() ||
        (written_.contains(number) && store_->write({.deliveries = {delivered(number)}}))) {
      delivered_[number] = true;
    }
  }

  void keep_house() {
    if (!store_) return;
    static_cast<void>(store_->compact_results(1));
    static_cast<void>(store_->roll_up(tests::sample_time(7'200)));
    static_cast<void>(store_->forget_evidence(tests::sample_time(-1), 1 << 20, 100));
    static_cast<void>(store_->forget_rollups(tests::sample_time(-86'400), 100));
    static_cast<void>(store_->forget_results(tests::sample_time(-1), 100));
    static_cast<void>(store_->sizes());
  }

  std::string path_;
  std::unique_ptr<Store> store_;
  std::map<int, bool> written_;  // by number: whether it was essential
  std::map<int, bool> delivered_;
};

void clear(const std::string& path) {
  for (const auto* const end : {"", "-wal", "-shm", "-journal", ".layout-1"})
    fs::remove(path + end);
}

std::string layout_1() {
  std::ifstream file(tests::test_data_path("layout/layout_1.sql"));
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("whichever call below SQLite fails, nothing acknowledged is lost and it goes on") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto fresh = directory.file("fresh.db");
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  {
    REQUIRE(open_sqlite_store(fresh, OpenMode::ReadWrite).has_value());
  }
  FaultVfs vfs;
  std::uint64_t calls = 100'000;
  for (std::uint64_t call = 0; call <= calls; ++call) {
    const auto fault = faults[(call + seed) % faults.size()];
    const bool lasts = random() % 2 == 0;
    CAPTURE(call);
    CAPTURE(static_cast<int>(fault));
    CAPTURE(lasts);
    clear(path);
    fs::copy_file(fresh, path);
    Life life(path);
    vfs.fail_at(call, fault, lasts);
    life.live();
    if (call == 0) calls = vfs.calls();
    if (call > 0 && fault == Fault::PowerLoss) {
      life.end();
      vfs.lose_unsynced(random);
      fs::remove(path + "-shm");
      vfs.heal();
      life.check(false);
      continue;
    }
    vfs.heal();
    CHECK(life.catch_up());
    life.end();
    life.check(true);
  }
  CHECK(calls > 200);
}

TEST_CASE("whichever call fails while a layout is migrated, the file is the old one or the new") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  const auto old = directory.file("old.db");
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  tests::RawSqlite(old).run("PRAGMA auto_vacuum = INCREMENTAL; " + layout_1() +
                            "PRAGMA application_id = 0x67776174; PRAGMA user_version = 1; "
                            "INSERT INTO incident VALUES (1, 'r', 'g', 'info', 'open', 1, 1, "
                            "NULL, 1); INSERT INTO incident_event VALUES (1, 1, 1, 'opened', 't')");
  FaultVfs vfs;
  std::uint64_t calls = 100'000;
  for (std::uint64_t call = 0; call <= calls; ++call) {
    const auto fault = faults[(call + seed) % faults.size()];
    CAPTURE(call);
    CAPTURE(static_cast<int>(fault));
    clear(path);
    fs::copy_file(old, path);
    vfs.fail_at(call, fault);
    static_cast<void>(open_sqlite_store(path, OpenMode::ReadWrite));
    if (call == 0) calls = vfs.calls();
    if (fault == Fault::PowerLoss) {
      vfs.lose_unsynced(random);
      fs::remove(path + "-shm");
    }
    vfs.heal();
    const auto store = open_sqlite_store(path, OpenMode::ReadWrite);
    if (!store) FAIL(store.error().message);
    CHECK((*store)->incidents({})->size() == 1);
    tests::RawSqlite raw(path);
    CHECK(raw.run("PRAGMA integrity_check") == "ok\n");
  }
  CHECK(calls > 100);
}
