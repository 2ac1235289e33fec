#include "storage/sqlite/migrations.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

#include <fmt/format.h>

#include "storage/sqlite/column_migration.h"
#include "storage/sqlite/evidence_migration.h"
#include "storage/sqlite/rollup_migration.h"
#include "storage/sqlite/row_migration.h"
#include "storage/sqlite/schema.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

namespace {

struct Header {
  std::int64_t application = 0;
  std::int64_t version = 0;
  std::int64_t objects = 0;  // tables, indexes, views
  std::int64_t ours = 0;     // of the tables that every layout of ours has
};

std::expected<Header, Failure> read_header(Database& database) {
  Header header;
  for (const auto& [field, sql] :
       {std::pair(&header.application, "PRAGMA application_id"),
        std::pair(&header.version, "PRAGMA user_version"),
        std::pair(&header.objects, "SELECT count(*) FROM sqlite_schema"),
        std::pair(&header.ours,
                  "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
                  "name IN ('route', 'word', 'incident', 'incident_event', 'delivery')")}) {
    auto number = database.number(sql);
    if (!number) return std::unexpected(std::move(number.error()));
    *field = *number;
  }
  return header;
}

constexpr std::int64_t all_of_ours = 5;
constexpr std::int64_t greatest_version = 1'000;  // that can be meant

// Numbers that nobody has written into a file with our tables.
std::optional<std::string> damage_of(const Header& header) {
  if (header.ours != all_of_ours) return std::nullopt;
  if (header.application != application_id) return "its header names another program";
  if (header.version >= 1 && header.version <= greatest_version) return std::nullopt;
  return fmt::format("its header names the layout {}", header.version);
}

// A file that only its owner and group can read: VACUUM INTO fills an empty file that exists, with
// the mode that it has.
std::expected<void, Refusal> create_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (descriptor < 0) {
    return std::unexpected(Refusal{fmt::format("cannot write {}: {}", path, std::strerror(errno))});
  }
  ::close(descriptor);
  return {};
}

std::expected<void, Refusal> copy_file(Database& database, std::int64_t version) {
  const auto path = fmt::format("{}.layout-{}", database.path(), version);
  if (auto created = create_private_file(path); !created) return created;
  Statement copy(database, "VACUUM INTO ?1");
  auto copied = copy.bind(path).run();
  if (copied) return {};
  return std::unexpected(
      Refusal{fmt::format("cannot copy the database to {} before migrating it: {}; nothing was "
                          "changed",
                          path, copied.error().message),
              opening_error(database, copied.error()).trouble});
}

std::expected<void, Failure> apply(Database& database, const Layout& layout, std::int64_t version) {
  auto transaction = Transaction::write(database);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  std::expected<void, Failure> done;
  if (version == 0) {
    done = database.execute(layout.schema);
  } else {
    for (const auto step : layout.steps.subspan(static_cast<std::size_t>(version) - 1)) {
      if (done) done = step(database);
    }
  }
  if (done) {
    done = database.execute(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                                        application_id, layout.version()));
  }
  if (done) done = transaction->commit();
  return done;
}

std::expected<void, Failure> add_annotations(Database& database) {
  return database.execute(annotation_schema_sql);
}

}  // namespace

Layout current_layout() {
  static constexpr std::array steps = {migrate_newest_rows, add_annotations, begin_rollups,
                                       migrate_response_heads, migrate_columns};
  return {schema_sql, steps};
}

std::expected<std::int64_t, Refusal> identify(Database& database, const Layout& layout) {
  const auto header = read_header(database);
  if (!header) return std::unexpected(opening_error(database, header.error()));
  const auto& path = database.path();
  if (header->application == 0 && header->version == 0 && header->objects == 0) return 0;
  if (const auto damage = damage_of(*header)) {
    return std::unexpected(opening_error(database, {SQLITE_CORRUPT, *damage}));
  }
  if (header->application != application_id || header->version < 1) {
    return std::unexpected(
        Refusal{fmt::format("{} is a database of another program (application_id {}): gatewatch "
                            "leaves it alone; choose another data directory",
                            path, header->application)});
  }
  if (header->version > layout.version()) {
    return std::unexpected(
        Refusal{fmt::format("the database {} has layout {}, this gatewatch knows layouts up to {}: "
                            "it was written by a newer version; install that version again",
                            path, header->version, layout.version())});
  }
  return header->version;
}

std::expected<void, Refusal> migrate(Database& database, const Layout& layout,
                                     std::int64_t version) {
  if (version == layout.version()) return {};
  if (version > 0) {
    if (auto copied = copy_file(database, version); !copied) return copied;
  }
  auto applied = apply(database, layout, version);
  if (!applied) return std::unexpected(opening_error(database, applied.error()));
  return {};
}

Refusal opening_error(const Database& database, const Failure& failure) {
  const auto& path = database.path();
  const int code = failure.code & 0xff;
  if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM) {
    return {
        fmt::format("{}; while no daemon runs, whoever reads it must be able to write to its "
                    "directory",
                    failure.message)};
  }
  if (code == SQLITE_NOTADB) {
    return {fmt::format("{} is not a SQLite database, or its beginning is damaged", path),
            Trouble::Damaged};
  }
  if (failure.is_damage()) {
    return {fmt::format("the database {} is damaged: {}", path, failure.message), Trouble::Damaged};
  }
  if (!failure.is_of_space()) return {failure.message, Trouble::Other};
  return {
      fmt::format("there is no space to open the database {}: free some on its file system ({})",
                  path, failure.message),
      Trouble::Full};
}

}  // namespace gatewatch::storage::sqlite
