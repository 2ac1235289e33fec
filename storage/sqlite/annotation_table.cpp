#include "storage/sqlite/annotation_table.h"

#include <utility>

#include "storage/sqlite/json_column.h"

namespace gatewatch::storage::sqlite {

namespace {

constexpr auto put_silence_sql =
    "INSERT INTO silence (id, routes, tags, rules, regions, starts_us, ends_us, author, comment, "
    "created_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO UPDATE SET "
    "routes = ?2, tags = ?3, rules = ?4, regions = ?5, starts_us = ?6, ends_us = ?7, author = ?8, "
    "comment = ?9, created_us = ?10";
constexpr auto put_change_sql =
    "INSERT INTO change (id, at_us, routes, text, link, author) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
    "ON CONFLICT (id) DO UPDATE SET at_us = ?2, routes = ?3, text = ?4, link = ?5, author = ?6";
constexpr auto put_gap_sql =
    "INSERT INTO gap (kind, since_us, until_us, count) VALUES (?1, ?2, ?3, ?4) "
    "ON CONFLICT (kind, since_us) DO UPDATE SET until_us = ?3, count = ?4";

constexpr auto silences_sql =
    "SELECT id, routes, tags, rules, regions, starts_us, ends_us, author, comment, created_us "
    "FROM silences WHERE (?1 IS NULL OR ends_us > ?1) AND (?2 IS NULL OR starts_us < ?2) "
    "ORDER BY id DESC LIMIT ?3";
constexpr auto changes_sql =
    "SELECT id, at_us, routes, text, link, author FROM changes "
    "WHERE (?1 IS NULL OR at_us >= ?1) AND (?2 IS NULL OR at_us < ?2) ORDER BY id DESC LIMIT ?3";
constexpr auto gaps_sql =
    "SELECT kind, since_us, until_us, count FROM gaps "
    "WHERE (?1 IS NULL OR until_us >= ?1) AND (?2 IS NULL OR since_us < ?2) "
    "ORDER BY since_us DESC, kind LIMIT ?3";

template <typename Record>
std::expected<std::vector<Record>, Failure> read_all(Statement& statement, const TimeQuery& query,
                                                     Record (*read)(Row&)) {
  std::vector<Record> records;
  auto done = for_each_row(
      statement,
      [&records, read](Row& row) {
        records.push_back(read(row));
        return true;
      },
      query.from, query.before, query.limit);
  if (!done) return std::unexpected(std::move(done.error()));
  return records;
}

SilenceRecord read_silence(Row& row) {
  return {.id = row.integer(),
          .routes = read_list(row.text()),
          .tags = read_map(row.text()),
          .rules = read_list(row.text()),
          .regions = read_list(row.text()),
          .starts = row.time(),
          .ends = row.time(),
          .author = row.text(),
          .comment = row.text(),
          .created = row.time()};
}

ChangeRecord read_change(Row& row) {
  return {.id = row.integer(),
          .at = row.time(),
          .routes = read_list(row.text()),
          .text = row.text(),
          .link = row.text(),
          .author = row.text()};
}

GapRecord read_gap(Row& row) {
  return {.kind = row.text(), .since = row.time(), .until = row.time(), .count = row.count()};
}

}  // namespace

AnnotationTable::AnnotationTable(Database& database)
    : put_silence_(database, put_silence_sql),
      put_change_(database, put_change_sql),
      put_gap_(database, put_gap_sql),
      silences_(database, silences_sql),
      changes_(database, changes_sql),
      gaps_(database, gaps_sql) {}

std::expected<void, Failure> AnnotationTable::put(const SilenceRecord& silence) {
  return put_silence_
      .bind(silence.id, list_text(silence.routes), map_text(silence.tags), list_text(silence.rules),
            list_text(silence.regions), silence.starts, silence.ends, silence.author,
            silence.comment, silence.created)
      .run();
}

std::expected<void, Failure> AnnotationTable::put(const ChangeRecord& change) {
  return put_change_
      .bind(change.id, change.at, list_text(change.routes), change.text, change.link, change.author)
      .run();
}

std::expected<void, Failure> AnnotationTable::put(const GapRecord& gap) {
  return put_gap_.bind(gap.kind, gap.since, gap.until, gap.count).run();
}

std::expected<std::vector<SilenceRecord>, Failure> AnnotationTable::silences(
    const TimeQuery& query) {
  return read_all(silences_, query, read_silence);
}

std::expected<std::vector<ChangeRecord>, Failure> AnnotationTable::changes(const TimeQuery& query) {
  return read_all(changes_, query, read_change);
}

std::expected<std::vector<GapRecord>, Failure> AnnotationTable::gaps(const TimeQuery& query) {
  return read_all(gaps_, query, read_gap);
}

}  // namespace gatewatch::storage::sqlite
