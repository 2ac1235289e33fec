#include "storage/sqlite/lasting_store.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "storage/sqlite/annotation_table.h"
#include "storage/sqlite/database_file.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/reserve.h"
#include "storage/sqlite/salvage.h"
#include "storage/sqlite/sqlite_store.h"

namespace gatewatch::storage {

namespace {

namespace fs = std::filesystem;
using sqlite::Database;
using sqlite::Refusal;

// A name beside `path` that nobody has.
std::string free_name(const std::string& path, Timestamp now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(seconds - day);
  const auto name = fmt::format("{}.damaged-{:04}{:02}{:02}T{:02}{:02}{:02}Z", path,
                                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                static_cast<unsigned>(date.day()), time.hours().count(),
                                time.minutes().count(), time.seconds().count());
  auto free = name;
  for (int number = 2; fs::exists(fs::symlink_status(free)); ++number) {
    free = fmt::format("{}-{}", name, number);
  }
  return free;
}

// The new one is whole before it takes the old one's place: whenever the process ends, there is one
// of both at `path`.
bool exchange(const std::string& aside, const std::string& path) {
  if (::renameat2(AT_FDCWD, aside.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) {
    return true;
  }
  if (errno != EINVAL && errno != ENOSYS) return false;
  const auto fresh = aside + ".new";
  return ::rename(aside.c_str(), fresh.c_str()) == 0 &&
         ::rename(path.c_str(), aside.c_str()) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0;
}

void sync_directory_of(const std::string& path) {
  const auto parent = fs::path(path).parent_path();
  const int directory =
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

// The log goes with its file: another one would take it for its own.
void move_log(const std::string& path, const std::string& aside) {
  for (const auto* const end : {"-wal", "-shm"}) {
    ::rename((path + end).c_str(), (aside + end).c_str());
  }
}

// A database at `aside` with all that can be read of `path`.
std::expected<sqlite::Salvaged, Refusal> make_next(const std::string& path,
                                                   const std::string& aside, Timestamp now) {
  auto next = sqlite::create_database(aside);
  if (!next) return std::unexpected(std::move(next.error()));
  sqlite::Salvaged salvaged{.incidents = 0, .is_complete = false};
  if (const auto damaged = Database::open(path, true)) {
    auto read = sqlite::salvage(**damaged, **next);
    if (!read) return std::unexpected(sqlite::opening_error(**next, read.error()));
    salvaged = *read;
  }
  auto added = sqlite::AnnotationTable(**next).put(
      GapRecord{.kind = "history", .since = Timestamp(), .until = now, .count = 0});
  if (!added) return std::unexpected(sqlite::opening_error(**next, added.error()));
  return salvaged;
}

std::expected<LostHistory, Refusal> set_aside(const std::string& path, const std::string& damage,
                                              Timestamp now) {
  auto lock = sqlite::LockFile::acquire(path);
  if (!lock) return std::unexpected(Refusal{std::move(lock.error().message)});
  const auto aside = free_name(path, now);
  const auto salvaged = make_next(path, aside, now);
  if (!salvaged) {
    ::unlink(aside.c_str());
    return std::unexpected(salvaged.error());
  }
  move_log(path, aside);
  if (!exchange(aside, path)) {
    auto refusal = Refusal{fmt::format("cannot set the damaged database {} aside as {}: {}", path,
                                       aside, std::strerror(errno))};
    return std::unexpected(std::move(refusal));
  }
  sync_directory_of(path);
  return LostHistory{.file = aside,
                     .damage = damage,
                     .at = now,
                     .incidents = salvaged->incidents,
                     .all_incidents = salvaged->is_complete};
}

// What SQLite takes for a new database, though a log or a reserve says that it was used.
bool was_emptied(const std::string& path) {
  std::error_code error;
  if (fs::file_size(path, error) != 0 || error) return false;
  const auto log = fs::file_size(path + "-wal", error);
  return (!error && log > 0) || fs::exists(sqlite::Reserve(path).path(), error);
}

std::expected<LastingStore, Refusal> open(const std::string& path, Timestamp now) {
  auto damage = fmt::format("the database {} was cut to nothing", path);
  if (!was_emptied(path)) {
    auto file = sqlite::open_for_writing(path);
    if (file) return LastingStore{make_sqlite_store(std::move(*file)), std::nullopt};
    if (file.error().trouble != Trouble::Damaged) return std::unexpected(std::move(file.error()));
    damage = file.error().message;
  }
  auto lost = set_aside(path, damage, now);
  if (!lost) return std::unexpected(std::move(lost.error()));
  auto next = sqlite::open_for_writing(path);
  if (!next) return std::unexpected(std::move(next.error()));
  return LastingStore{make_sqlite_store(std::move(*next)), std::move(*lost)};
}

// Once more, where space was all that lacked and some had been kept back.
template <typename Value>
std::expected<Value, Error> with_reserve(
    const std::string& path,
    std::expected<Value, Refusal> (*attempt)(const std::string& path, Timestamp now),
    Timestamp now) {
  auto value = attempt(path, now);
  if (!value && value.error().trouble == Trouble::Full && sqlite::Reserve(path).release()) {
    value = attempt(path, now);
  }
  if (!value) return std::unexpected(Error{std::move(value.error().message)});
  return std::move(*value);
}

std::expected<LostHistory, Refusal> set_used_aside(const std::string& path, Timestamp now) {
  return set_aside(path, fmt::format("the database {} was found damaged while it was used", path),
                   now);
}

// Its log stayed behind, and would be taken for that of another file.
std::expected<LostHistory, Refusal> leave_moved(const std::string& path, Timestamp now) {
  auto lock = sqlite::LockFile::acquire(path);
  if (!lock) return std::unexpected(Refusal{std::move(lock.error().message)});
  move_log(path, free_name(path, now));
  return LostHistory{
      .file = {},
      .damage = fmt::format("the database {} was moved or deleted while it was used", path),
      .at = now};
}

std::optional<Timestamp> changed_at(const std::string& file) {
  struct stat state{};
  if (::stat(file.c_str(), &state) != 0) return std::nullopt;
  return Timestamp(std::chrono::seconds(state.st_mtim.tv_sec));
}

}  // namespace

std::optional<Timestamp> last_written(const std::string& path) {
  // An empty optional is less than any other.
  return std::max(changed_at(path), changed_at(path + "-wal"));
}

std::expected<LastingStore, Error> open_lasting_store(const std::string& path, Timestamp now) {
  return with_reserve(path, open, now);
}

std::expected<LostHistory, Error> give_up_store(const std::string& path, Trouble trouble,
                                                Timestamp now) {
  return with_reserve(path, trouble == Trouble::Moved ? leave_moved : set_used_aside, now);
}

}  // namespace gatewatch::storage
