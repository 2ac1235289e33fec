// kill -9 at random moments: what was acknowledged is there, and the file is sound.

#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <signal.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/fakes/sample_results.h"
#include "tests/storage/raw_sqlite.h"
#include "tests/storage/temporary_directory.h"

extern char** environ;

using namespace gatewatch;
using namespace gatewatch::storage;

namespace {

// A crash_writer, and the numbers that it acknowledges.
class Child {
 public:
  Child(const std::string& path, std::int64_t first) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::string program = CRASH_WRITER;
    std::string path_argument = path;
    std::string first_argument = std::to_string(first);
    std::array<char*, 4> arguments = {program.data(), path_argument.data(), first_argument.data(),
                                      nullptr};
    REQUIRE(::posix_spawn(&process_, CRASH_WRITER, &actions, nullptr, arguments.data(), environ) ==
            0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Child() {
    if (process_ > 0) kill();
    ::close(output_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Reads acknowledgements until there were `count` more, or no more come.
  void read(int count) {
    char character = 0;
    while (count > 0 && ::read(output_, &character, 1) == 1) {
      if (character != '\n') {
        line_ += character;
        continue;
      }
      last_ = std::stoll(line_);
      line_.clear();
      --count;
    }
  }

  // Whether it was still alive to be killed.
  bool kill() {
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  }

  [[nodiscard]] std::int64_t last() const { return last_; }  // acknowledged; 0: none

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::string line_;
  std::int64_t last_ = 0;
};

// Uses processor time, so that kills fall into every part of a transaction.
void spin(std::uint32_t rounds) {
  for (volatile std::uint32_t round = 0; round < rounds;) round = round + 1;
}

// All batches up to the number that is returned are there, each whole.
std::int64_t check_batches(Store& store) {
  const auto all = store.results({.newest_first = false, .limit = 1'000'000});
  REQUIRE(all.has_value());
  std::map<std::int64_t, int> counts;
  for (const auto& result : *all) ++counts[std::stoll(result.route)];
  const auto batches = static_cast<std::int64_t>(counts.size());
  for (const auto& [number, count] : counts) {
    REQUIRE(number >= 1);
    REQUIRE(number <= batches);
    REQUIRE(count == 20);
  }
  const auto incidents = store.incidents({.limit = 1'000'000});
  REQUIRE(incidents.has_value());
  REQUIRE(static_cast<std::int64_t>(incidents->size()) == batches / 2);
  for (const auto& history : *incidents) {
    REQUIRE(history.events.size() == 1);
    REQUIRE(history.deliveries.size() == 1);
    REQUIRE(history.incident.routes.size() == 2);
  }
  CHECK(store.pending_deliveries()->size() == incidents->size());
  return batches;
}

// One database under 25 kills.
void kill_again_and_again(std::mt19937& random) {
  const tests::TemporaryDirectory directory;
  const auto path = directory.file("gatewatch.db");
  std::int64_t written = 0;
  for (int round = 0; round < 25; ++round) {
    CAPTURE(round);
    Child child(path, written + 1);
    child.read(static_cast<int>(random() % 8));
    spin(static_cast<std::uint32_t>(random() % 3'000'000));
    REQUIRE(child.kill());
    child.read(1'000'000);  // what it had said before it died

    const auto store = open_sqlite_store(path, OpenMode::ReadWrite);
    REQUIRE(store.has_value());
    written = check_batches(**store);
    CHECK(written >= child.last());
    tests::RawSqlite raw(path);
    CHECK(raw.run("PRAGMA integrity_check") == "ok\n");
    CHECK(raw.run("PRAGMA foreign_key_check").empty());
    const auto count = std::to_string(written) + "\n";
    CHECK(raw.run("SELECT count(DISTINCT route) FROM results") == count);
    // Each batch is in the rollups once: at once, or when they are made up to date.
    CHECK(raw.run("SELECT count(*) FROM rollups_hour WHERE results <> 20") == "0\n");
    while ((*store)->roll_up(tests::sample_time(20'000)).value() > 0) continue;
    CHECK(raw.run("SELECT count(*) FROM rollups_hour WHERE results = 20") == count);
  }
  CHECK(written > 25);
}

}  // namespace

TEST_CASE("kill -9 at 200 random moments loses nothing that was acknowledged") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int life = 0; life < 8; ++life) {
    CAPTURE(life);
    kill_again_and_again(random);
  }
}
