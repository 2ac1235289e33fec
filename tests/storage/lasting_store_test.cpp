#include "storage/sqlite/lasting_store.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sys/resource.h>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "storage/sqlite/reserve.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"
#include "tests/contracts/rollup_contract.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::storage;
using tests::RawSqlite;
using tests::sample_step;
using tests::sample_time;

namespace {

namespace fs = std::filesystem;

constexpr int incidents = 300;
constexpr std::size_t page = 4'096;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// Incidents at the front of the file, results behind them; closed.
std::string make_database(const std::string& path) {
  auto store = open_sqlite_store(path, OpenMode::ReadWrite);
  REQUIRE(store.has_value());
  Batch batch{.silences = {{.id = 1, .starts = sample_time(), .ends = sample_time(9)}},
              .changes = {{.id = 1, .at = sample_time(), .text = "version 7"}}};
  for (int number = 1; number <= incidents; ++number) {
    batch.steps.push_back(sample_step(number, 1));
    if (number % 10 != 0) batch.steps.back().incident.state = IncidentState::Resolved;
  }
  REQUIRE((*store)->write(batch).has_value());
  for (int second = 0; second < 20; ++second) {
    Batch results;
    for (int index = 0; index < 50; ++index)
      results.results.push_back(tests::sample_failure("shop/checkout", sample_time(second)));
    REQUIRE((*store)->write(results).has_value());
  }
  store->reset();
  return bytes_of(path);
}

LastingStore open(const std::string& path) {
  auto lasting = open_lasting_store(path, sample_time());
  if (!lasting) FAIL(lasting.error().message);
  return std::move(*lasting);
}

LastingStore replace(const std::string& path, Trouble trouble) {
  auto lost = give_up_store(path, trouble, sample_time());
  if (!lost) FAIL(lost.error().message);
  auto lasting = open(path);
  CHECK_FALSE(lasting.lost.has_value());
  lasting.lost = std::move(*lost);
  return lasting;
}

// As if there were no space for a larger one.
class LargestFile {
 public:
  explicit LargestFile(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~LargestFile() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  LargestFile(const LargestFile&) = delete;
  LargestFile& operator=(const LargestFile&) = delete;

 private:
  void (*handler_)(int);
  rlimit before_{};
};

// Pages of the table, in no order.
std::vector<std::size_t> pages_of(const std::string& path, const std::string& table) {
  std::vector<std::size_t> pages;
  std::istringstream rows(RawSqlite(path).run("SELECT pageno FROM dbstat WHERE name = '" + table +
                                              "' AND pagetype = 'leaf'"));
  for (std::size_t number = 0; rows >> number;) pages.push_back(number);
  return pages;
}

void check_works(Store& store) {
  REQUIRE(store
              .write({.results = {tests::sample_result("a", sample_time(100))},
                      .steps = {sample_step(1'000, 1)}})
              .has_value());
  CHECK(store.results({})->size() == 1);
  CHECK(store.last_incident_id() == 1'000);
  const auto gaps = store.gaps({}).value();
  REQUIRE(gaps.size() == 1);
  CHECK(gaps[0].kind == "history");
}

}  // namespace

TEST_CASE("a sound database is opened as it is, and a missing one is made") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  CHECK_FALSE(open(path).lost.has_value());
  make_database(path);
  const auto lasting = open(path);
  CHECK_FALSE(lasting.lost.has_value());
  CHECK(lasting.store->results({.limit = 10'000})->size() == 1'000);
}

TEST_CASE("a database that cannot be read at all is set aside as it is, and a new one works") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  auto bytes = make_database(path);
  SUBCASE("its first page is gone") {
    bytes.replace(0, page, page, '\0');
  }
  SUBCASE("its header is damaged") {
    bytes.replace(16, 80, 80, '\xaa');
  }
  SUBCASE("random bytes") {
    std::mt19937 random(1);
    for (auto& byte : bytes) byte = static_cast<char>(random());
  }
  SUBCASE("zeros") {
    bytes.assign(bytes.size(), '\0');
  }
  SUBCASE("a text") {
    bytes = "precious notes\n";
  }
  write_bytes(path, bytes);
  const auto lasting = open(path);
  REQUIRE(lasting.lost.has_value());
  CHECK(lasting.lost->file == path + ".damaged-20261120T100506Z");
  CHECK(bytes_of(lasting.lost->file) == bytes);
  CHECK(lasting.lost->damage.find(path) != std::string::npos);
  CHECK_FALSE(lasting.lost->all_incidents);
  check_works(*lasting.store);
  CHECK_FALSE(open_sqlite_store(path, OpenMode::ReadWrite).has_value());  // it is locked
}

TEST_CASE("incidents, deliveries, silences and changes are read from a damaged database") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  auto bytes = make_database(path);
  SUBCASE("results are damaged") {
    for (const auto number : pages_of(path, "block"))
      bytes.replace((number - 1) * page, page, page, '\x55');
  }
  SUBCASE("its end is cut off") {
    bytes.resize(bytes.size() - 3 * page);
  }
  SUBCASE("its header names another program") {
    bytes.replace(68, 4, "abcd");
  }
  SUBCASE("its header names a layout of the far future") {
    bytes.replace(60, 4, "abcd");
  }
  write_bytes(path, bytes);
  const auto lasting = open(path);
  REQUIRE(lasting.lost.has_value());
  CHECK(bytes_of(lasting.lost->file) == bytes);
  CHECK(lasting.lost->incidents == incidents);
  CHECK(lasting.lost->all_incidents);
  CHECK(lasting.store->incidents({.open_only = true})->size() == incidents / 10);
  CHECK(lasting.store->pending_deliveries()->size() == incidents);
  CHECK(lasting.store->silences({})->size() == 1);
  CHECK(lasting.store->changes({})->size() == 1);
  const auto history = lasting.store->incidents({.id = 10})->at(0);
  CHECK(history.incident == sample_step(10, 1).incident);
  CHECK(history.events.size() == 1);
  CHECK(RawSqlite(path).run("PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok\n");
  check_works(*lasting.store);
}

namespace {

// Two routes for some days, with evidence, rolled up; closed. Its first results are forgotten.
std::string make_history(const std::string& path) {
  auto store = open_sqlite_store(path, OpenMode::ReadWrite);
  REQUIRE(store.has_value());
  for (int number = 0; number < 4'000; ++number) {
    auto result = tests::sample_result("shop/cart", sample_time(60 * number));
    if (number % 2 == 0) result.route = "shop/checkout";
    if (number % 100 == 0) {
      result = tests::sample_failure(result.route, result.started);
      result.kind = ProbeKind::Scheduled;
    }
    REQUIRE((*store)->write({.results = {result}}).has_value());
  }
  tests::roll_up(**store, sample_time(400'000));
  store->reset();
  return bytes_of(path);
}

struct History {
  std::vector<Result> evidence{};
  std::vector<RouteHistory> routes{};
  std::vector<StoredRollup> hours{};
  std::vector<StoredRollup> minutes{};

  friend bool operator==(const History&, const History&) = default;
};

History history_of(Store& store) {
  const auto rollups = [&store](RollupStep step) {
    return store
        .rollups({.route = "shop/checkout",
                  .step = step,
                  .from = sample_time(-86'400),
                  .before = sample_time(400'000)})
        .value();
  };
  const auto today = std::chrono::floor<std::chrono::days>(sample_time());
  return {.evidence = store.evidence({}).value(),
          .routes = store.histories({.first_day = today, .days = 7}).value(),
          .hours = rollups(RollupStep::Hour),
          .minutes = rollups(RollupStep::Minute)};
}

}  // namespace

TEST_CASE("evidence and rollups are read from a damaged database, and are added to") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  auto bytes = make_history(path);
  auto expected = history_of(*open_sqlite_store(path, OpenMode::ReadOnly).value());
  REQUIRE(expected.evidence.size() == 40);
  REQUIRE(expected.routes.size() == 3);
  REQUIRE(expected.hours.size() > 60);
  const auto damage = [&](const std::string& table, std::size_t which) {
    const auto pages = pages_of(path, table);
    REQUIRE(pages.size() > which);
    bytes.replace((pages[which] - 1) * page, page, page, '\x55');
  };
  bool is_whole = true;
  damage("block", 0);
  SUBCASE("results are damaged") {}
  SUBCASE("some hours are damaged") {
    damage("hour_rollup", 1);
    is_whole = false;
  }
  write_bytes(path, bytes);
  const auto lasting = open(path);
  REQUIRE(lasting.lost.has_value());
  CHECK(lasting.lost->all_incidents);
  const auto found = history_of(*lasting.store);
  CHECK(found.evidence == expected.evidence);
  CHECK(found.routes == expected.routes);
  CHECK(found.minutes == expected.minutes);
  CHECK((found.hours == expected.hours) == is_whole);
  CHECK(found.hours.size() > expected.hours.size() / 2);
  CHECK(RawSqlite(path).run("PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok\n");

  const auto later = tests::sample_result("shop/checkout", sample_time(300'000));
  REQUIRE(lasting.store->write({.results = {later}}).has_value());
  tests::roll_up(*lasting.store, sample_time(400'000));
  CHECK(history_of(*lasting.store).hours.size() == found.hours.size() + 1);
}

TEST_CASE("of a table that is damaged in its midst both ends are kept") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  auto bytes = make_database(path);
  const auto pages = pages_of(path, "incident");
  REQUIRE(pages.size() > 4);
  bytes.replace((pages[pages.size() / 2] - 1) * page, page, page, '\x55');
  write_bytes(path, bytes);
  const auto lasting = open(path);
  REQUIRE(lasting.lost.has_value());
  CHECK_FALSE(lasting.lost->all_incidents);
  CHECK(lasting.lost->incidents > incidents / 2);
  CHECK(lasting.lost->incidents < incidents);
  CHECK(lasting.store->incidents({.id = 1})->size() == 1);
  CHECK(lasting.store->incidents({.id = incidents})->size() == 1);
  CHECK(RawSqlite(path).run("PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok\n");
}

TEST_CASE("a database found damaged while it was used is replaced, however sound it looks") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  make_database(path);
  auto used = open_sqlite_store(path, OpenMode::ReadWrite).value();
  const auto reader = open_sqlite_store(path, OpenMode::ReadOnly).value();
  REQUIRE(used->write({.steps = {sample_step(500, 1)}}).has_value());
  used.reset();  // the reader keeps the write-ahead log
  CHECK(fs::exists(path + "-wal"));
  auto lasting = replace(path, Trouble::Damaged);
  REQUIRE(lasting.lost.has_value());
  CHECK(lasting.lost->all_incidents);
  CHECK(lasting.store->last_incident_id() == 500);
  CHECK(lasting.store->results({})->empty());
  CHECK(reader->results({.limit = 10'000})->size() == 1'000);
  CHECK(fs::exists(lasting.lost->file));

  // Once more within the same second.
  lasting.store.reset();
  const auto other = replace(path, Trouble::Damaged);
  CHECK(other.lost->file == lasting.lost->file + "-2");
}

TEST_CASE("damage that comes while a store is open shows in its trouble") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  make_database(path);
  auto store = open_sqlite_store(path, OpenMode::ReadWrite).value();
  CHECK(store->trouble() == Trouble::None);
  auto bytes = bytes_of(path);
  for (const auto number : pages_of(path, "block"))
    bytes.replace((number - 1) * page, page, page, '\x55');
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file << bytes;
  }
  const auto reader = open_sqlite_store(path, OpenMode::ReadOnly).value();
  CHECK_FALSE(reader->results({}).has_value());
  CHECK(reader->trouble() == Trouble::Damaged);
}

TEST_CASE("a database that is deleted while it is used is missed at the next write") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  auto used = open_sqlite_store(path, OpenMode::ReadWrite).value();
  const auto reader = open_sqlite_store(path, OpenMode::ReadOnly).value();
  REQUIRE(used->write({.steps = {sample_step(1, 1)}}).has_value());
  fs::remove(path);
  SUBCASE("nothing is at its place") {}
  SUBCASE("another one is") {
    make_database(directory.file("other.db"));
    fs::rename(directory.file("other.db"), path);
  }
  const bool has_another = fs::exists(path);
  CHECK_FALSE(used->write({.steps = {sample_step(2, 1)}}).has_value());
  CHECK(used->trouble() == Trouble::Moved);
  used.reset();
  const auto lasting = replace(path, Trouble::Moved);
  REQUIRE(lasting.lost.has_value());
  CHECK(lasting.lost->file.empty());
  CHECK(lasting.store->last_incident_id() == (has_another ? incidents : 0));
  CHECK(lasting.store->write({.steps = {sample_step(1'000, 1)}}).has_value());
  CHECK(RawSqlite(path).run("PRAGMA integrity_check; PRAGMA foreign_key_check") == "ok\n");
}

TEST_CASE("what is not damaged but not for us is refused, and left as it is") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  SUBCASE("another program's") {
    RawSqlite(path).run("CREATE TABLE notes (text)");
  }
  SUBCASE("a newer one") {
    make_database(path);
    RawSqlite(path).run("PRAGMA user_version = 99");
  }
  SUBCASE("one in use") {
    make_database(path);
  }
  const auto before = bytes_of(path);
  auto used = open_sqlite_store(path, OpenMode::ReadWrite);
  CHECK_FALSE(open_lasting_store(path, sample_time()).has_value());
  CHECK(bytes_of(path) == before);
  for (const auto& entry : fs::directory_iterator(directory.path()))
    CHECK(entry.path().string().find("damaged") == std::string::npos);
}

TEST_CASE("results wait while the space for incidents cannot be kept back") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  auto store = open_sqlite_store(path, OpenMode::ReadWrite).value();
  CHECK(fs::file_size(path + ".reserve") == sqlite::Reserve::bytes);
  store.reset();
  fs::remove(path + ".reserve");
  const auto result = tests::sample_result("a", sample_time());
  {
    const LargestFile limit(sqlite::Reserve::bytes - 1);
    store = open_sqlite_store(path, OpenMode::ReadWrite).value();
    CHECK_FALSE(store->write({.results = {result}}).has_value());
    CHECK(store->trouble() == Trouble::Full);
    CHECK(store->write({.steps = {sample_step(1, 1)}}).has_value());
    CHECK(store->trouble() == Trouble::None);
  }
  CHECK(store->write({.results = {result}}).has_value());
  CHECK(fs::file_size(path + ".reserve") == sqlite::Reserve::bytes);
}

TEST_CASE("where space cannot be kept back for another reason, results are written all the same") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  fs::create_directory(path + ".reserve");
  const auto store = open_sqlite_store(path, OpenMode::ReadWrite).value();
  CHECK(store->write({.results = {tests::sample_result("a", sample_time())}}).has_value());
}

TEST_CASE("a database that was cut to nothing after it was used is no new one") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  make_database(path);
  REQUIRE(fs::exists(path + ".reserve"));
  fs::resize_file(path, 0);
  const auto lasting = open(path);
  REQUIRE(lasting.lost.has_value());
  CHECK(lasting.lost->damage.ends_with("was cut to nothing"));
  CHECK_FALSE(lasting.lost->all_incidents);
  check_works(*lasting.store);
}

TEST_CASE("an incident of which only messages could be read goes on as the newest says") {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  {
    auto store = std::move(open_sqlite_store(path, OpenMode::ReadWrite).value());
    const auto told = [](std::int64_t id, std::int64_t sequence, const std::string& kind) {
      auto step = sample_step(id, sequence);
      step.deliveries[0].notification = fmt::format(
          R"({{"kind":"{}","rule":"bad-gateway","gateway":"https://a:443","severity":"critical",)"
          R"("since_us":5000000,"resolved_us":{},"incident_key":"gw-6000-{}",)"
          R"("routes":[{{"id":"shop/cart","firing":true}}]}})",
          kind, kind == "resolved" ? "9000000" : "null", id);
      return step;
    };
    REQUIRE(store
                ->write({.steps = {sample_step(1, 1), told(2, 1, "opened"), told(2, 2, "worsened"),
                                   told(3, 1, "opened"), told(3, 2, "resolved")}})
                .has_value());
    auto unheard = sample_step(2, 3);  // an event that nobody was told of
    unheard.deliveries.clear();
    auto broken = sample_step(4, 1);
    broken.deliveries[0].notification = R"({"kind":"opened","incident_key":"gw-6000-4"})";
    REQUIRE(store->write({.steps = {unheard, broken}}).has_value());
  }
  RawSqlite(path).run(
      "PRAGMA foreign_keys = OFF; DELETE FROM incident_route; DELETE FROM incident WHERE id > 1");
  auto bytes = bytes_of(path);
  bytes.replace(60, 4, "abcd");  // a layout of the far future
  write_bytes(path, bytes);

  const auto lasting = open(path);
  REQUIRE(lasting.lost.has_value());
  CHECK(lasting.lost->incidents == 3);
  CHECK(lasting.store->last_incident_id() == 4);
  const auto open_ones = lasting.store->incidents({.open_only = true}).value();
  REQUIRE(open_ones.size() == 2);
  const auto& incident = open_ones[0].incident;
  CHECK(incident.id == 2);
  CHECK(incident.rule == "bad-gateway");
  CHECK(incident.opened == Timestamp(std::chrono::seconds(6)));
  CHECK(incident.last_event == 3);
  REQUIRE(incident.routes.size() == 1);
  CHECK(incident.routes[0].route == "shop/cart");
  CHECK(incident.routes[0].firing);
  const auto over = lasting.store->incidents({.id = 3})->at(0).incident;
  CHECK(over.state == IncidentState::Resolved);
  CHECK(over.resolved == Timestamp(std::chrono::seconds(9)));
  CHECK(RawSqlite(path).run("PRAGMA foreign_key_check") == "");
}
