#include "storage/sqlite/database_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "storage/sqlite/migrations.h"

namespace gatewatch::storage::sqlite {

namespace {

namespace fs = std::filesystem;

std::unexpected<Refusal> refusal(std::string message) {
  return std::unexpected(Refusal{std::move(message)});
}

std::expected<void, Refusal> check_directory(const std::string& path) {
  const auto parent = fs::path(path).parent_path();
  const auto directory = parent.empty() ? fs::path(".") : parent;
  std::error_code error;
  const auto status = fs::status(directory, error);
  if (status.type() == fs::file_type::not_found) {
    return refusal(fmt::format(
        "the data directory {} does not exist: create it, writable for the user that runs "
        "gatewatch",
        directory.string()));
  }
  if (error) {
    return refusal(fmt::format("cannot look at the data directory {}: {}", directory.string(),
                               error.message()));
  }
  if (status.type() != fs::file_type::directory) {
    return refusal(fmt::format("{} is not a directory", directory.string()));
  }
  return {};
}

// Only ever opens a file that it creates: closing a descriptor of a file that SQLite has open in
// this process would drop SQLite's locks on it (POSIX).
std::expected<void, Refusal> create_where_missing(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (descriptor < 0 && errno != EEXIST) {
    return refusal(fmt::format("cannot create the database {}: {}", path, std::strerror(errno)));
  }
  if (descriptor >= 0) ::close(descriptor);
  return {};
}

std::expected<void, Refusal> check_is_file(const std::string& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) return {};
  if (error == std::errc::no_such_file_or_directory) {
    return refusal(
        fmt::format("there is no database {} yet: the daemon makes it when it starts", path));
  }
  return refusal(fmt::format("{} cannot be used as database: {}", path,
                             error ? error.message() : "it is not a regular file"));
}

// Writes nothing into a file that is as it should be: it may lie on a full disk.
std::expected<void, Failure> prepare_for_writing(Database& database, bool is_new) {
  if (is_new) {
    // Counts only before the first page is written.
    auto prepared = database.execute("PRAGMA auto_vacuum = INCREMENTAL");
    if (!prepared) return prepared;
  }
  auto mode = database.answer("PRAGMA journal_mode = WAL");
  if (!mode) return std::unexpected(std::move(mode.error()));
  if (*mode == "wal") return {};
  return std::unexpected(
      Failure{SQLITE_CANTOPEN,
              fmt::format("the database {} cannot be put into WAL mode: its file system lacks "
                          "shared memory (a network file system?); choose a local directory",
                          database.path())});
}

// Reads what a start depends on, in bounded time.
std::expected<void, Refusal> check_health(Database& database) {
  const auto size =
      database.number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  const bool whole = size && *size <= full_check_bytes;
  const auto checks = whole ? std::vector<const char*>{"PRAGMA quick_check(1)"}
                            : std::vector<const char*>{"PRAGMA quick_check(incident)",
                                                       "PRAGMA quick_check(incident_route)",
                                                       "PRAGMA quick_check(incident_event)",
                                                       "PRAGMA quick_check(delivery)"};
  for (const auto* const check : checks) {
    auto answer = database.answer(check);
    if (!answer) return std::unexpected(opening_error(database, answer.error()));
    if (*answer == "ok") continue;
    std::ranges::replace(*answer, '\n', ' ');
    return std::unexpected(opening_error(database, {SQLITE_CORRUPT, std::move(*answer)}));
  }
  return {};
}

std::expected<DatabaseFile, Refusal> open_file(const std::string& path, bool read_only,
                                               std::optional<LockFile> lock) {
  auto database = Database::open(path, read_only);
  if (!database) {
    const auto& failure = database.error();
    return std::unexpected(
        Refusal{failure.message, failure.is_of_space() ? Trouble::Full : Trouble::Other});
  }
  return DatabaseFile{std::move(lock), std::move(*database)};
}

std::expected<DatabaseFile, Refusal> open_identified(const std::string& path,
                                                     std::int64_t& version) {
  if (auto checked = check_is_file(path); !checked) return std::unexpected(checked.error());
  auto file = open_file(path, true, std::nullopt);
  if (!file) return file;
  const auto identified = identify(*file->database, current_layout());
  if (!identified) return std::unexpected(identified.error());
  version = *identified;
  return file;
}

}  // namespace

std::expected<DatabaseFile, Refusal> open_for_writing(const std::string& path) {
  if (auto checked = check_directory(path); !checked) return std::unexpected(checked.error());
  auto lock = LockFile::acquire(path);
  if (!lock) return refusal(std::move(lock.error().message));
  if (auto made = create_where_missing(path); !made) return std::unexpected(made.error());
  if (auto checked = check_is_file(path); !checked) return std::unexpected(checked.error());
  auto file = open_file(path, false, std::move(*lock));
  if (!file) return file;
  auto& database = *file->database;
  if (database.is_read_only()) {
    return refusal(fmt::format(
        "the database {} cannot be written: it must belong to the user that runs gatewatch, on a "
        "file system that is not read-only",
        path));
  }
  const auto layout = current_layout();
  const auto version = identify(database, layout);
  if (!version) return std::unexpected(version.error());
  // Before anything is set: a pragma may write into a file that is damaged.
  if (*version > 0) {
    if (auto healthy = check_health(database); !healthy) return std::unexpected(healthy.error());
  }
  if (auto prepared = prepare_for_writing(database, *version == 0); !prepared) {
    return std::unexpected(opening_error(database, prepared.error()));
  }
  if (auto migrated = migrate(database, layout, *version); !migrated) {
    return std::unexpected(migrated.error());
  }
  return file;
}

std::expected<std::unique_ptr<Database>, Refusal> create_database(const std::string& path) {
  if (auto made = create_where_missing(path); !made) return std::unexpected(made.error());
  auto file = open_file(path, false, std::nullopt);
  if (!file) return std::unexpected(std::move(file.error()));
  auto& database = *file->database;
  if (auto prepared = database.execute("PRAGMA auto_vacuum = INCREMENTAL"); !prepared) {
    return std::unexpected(opening_error(database, prepared.error()));
  }
  if (auto made = migrate(database, current_layout(), 0); !made) {
    return std::unexpected(made.error());
  }
  return std::move(file->database);
}

std::expected<DatabaseFile, Refusal> open_for_reading(const std::string& path) {
  auto version = std::int64_t{0};
  auto file = open_identified(path, version);
  if (!file) return file;
  if (const auto ours = current_layout().version(); version < ours) {
    return refusal(fmt::format(
        "the database {} has layout {}, this gatewatch reads layout {}: start the daemon once, it "
        "brings the file up to date",
        path, version, ours));
  }
  return file;
}

std::expected<DatabaseFile, Refusal> open_for_copying(const std::string& path) {
  auto version = std::int64_t{0};
  auto file = open_identified(path, version);
  if (file && version == 0) return refusal(fmt::format("the database {} is empty", path));
  return file;
}

}  // namespace gatewatch::storage::sqlite
