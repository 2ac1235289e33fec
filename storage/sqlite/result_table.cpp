#include "storage/sqlite/result_table.h"

#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::storage::sqlite {

namespace {

constexpr auto insert_sql =
    "INSERT INTO result (started_us, route, region, kind, outcome, reason, status, last_phase, "
    "dns_us, connect_us, tls_us, send_us, wait_us, receive_us, body_size, redirects, remote, "
    "http_version, tls_version, tls_cipher, certificate, cert_expiring, trace_id, detail, "
    "response_head) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, "
    "?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)";

constexpr auto forget_sql =
    "DELETE FROM result WHERE id IN (SELECT id FROM result WHERE started_us < ?1 "
    "ORDER BY started_us LIMIT ?2) RETURNING certificate";

// In the order in which read_result() reads them.
constexpr auto select_sql =
    "SELECT started_us, route, region, kind, outcome, reason, status, last_phase, "
    "dns_us, connect_us, tls_us, send_us, wait_us, receive_us, body_size, redirects, remote, "
    "http_version, tls_version, tls_cipher, cert_not_before_us, cert_not_after_us, cert_subject, "
    "cert_issuer, cert_fingerprint, cert_expiring, trace_id, detail, response_head FROM results";

// Answered by the index alone.
constexpr auto outlines_sql =
    "SELECT started_us, region, kind, outcome, status, cert_expiring FROM result "
    "WHERE route = (SELECT id FROM route WHERE text = ?1) AND started_us >= ?2 "
    "AND started_us < ?3 ORDER BY started_us, id";

std::string find_sql(const ResultQuery& query) {
  const auto* const order = query.newest_first ? "DESC" : "ASC";
  return fmt::format(
      "{} WHERE started_us >= ?1 AND started_us < ?2 {} ORDER BY started_us {}, id {} LIMIT ?3",
      select_sql, query.route.empty() ? "" : "AND route = ?4", order, order);
}

// The first of the closed list `values` that has this name.
template <typename Value, typename Name>
std::optional<Value> named(std::string_view name, int count, Name name_of) {
  for (int index = 0; index < count; ++index) {
    if (name_of(static_cast<Value>(index)) == name) return static_cast<Value>(index);
  }
  return std::nullopt;
}

std::optional<ProbeKind> kind_named(std::string_view name) {
  return named<ProbeKind>(name, 3, probe_kind_name);
}

Failure unknown_word(const Database& database) {
  return {SQLITE_MISMATCH,
          fmt::format("the database {} holds a result with a word that this version of gatewatch "
                      "does not know: read it with the version that wrote it",
                      database.path())};
}

// nullopt: a word that this program does not know.
std::optional<Result> read_result(Row& row) {
  Result result;
  result.started = row.time();
  result.route = row.text();
  result.region = row.text();
  const auto kind = kind_named(row.text());
  const auto outcome = outcome_named(row.text());
  result.reason = row.text();
  result.status = static_cast<int>(row.integer());
  const auto last_phase = named<Phase>(row.text(), phase_count, phase_name);
  for (auto& phase : result.timings.phases) phase = row.duration();
  result.body_size = row.count();
  result.redirects = static_cast<int>(row.integer());
  result.remote = Endpoint::parse(row.text());
  result.http_version = row.text();
  result.tls_version = row.text();
  result.tls_cipher = row.text();
  const auto not_before = row.maybe_time();
  const auto not_after = row.maybe_time();
  CertificateFacts certificate{not_before.value_or(Timestamp()), not_after.value_or(Timestamp()),
                               row.text(), row.text(), row.text()};
  if (not_before) result.certificate = std::move(certificate);
  result.cert_expiring = row.integer() != 0;
  result.trace_id = row.text();
  result.detail = row.text();
  result.response_head = row.text();
  if (!kind || !outcome || !last_phase) return std::nullopt;
  result.kind = *kind;
  result.outcome = *outcome;
  result.last_phase = *last_phase;
  return result;
}

}  // namespace

ResultTable::ResultTable(Database& database)
    : database_(database),
      routes_(database, "route"),
      regions_(database, "region"),
      words_(database, "word"),
      certificates_(database),
      region_texts_(database, "region"),
      word_texts_(database, "word"),
      add_(database, insert_sql),
      forget_(database, forget_sql),
      outlines_(database, outlines_sql) {}

std::expected<void, Failure> ResultTable::add(const Result& result) {
  std::optional<Failure> failure;
  const auto value_of = [&failure](std::expected<std::int64_t, Failure> id) -> std::int64_t {
    if (id) return *id;
    if (!failure) failure = std::move(id.error());
    return 0;
  };
  const auto word = [&](std::string_view text) { return value_of(words_.id(text)); };
  const auto route = value_of(routes_.id(result.route));
  const auto region = value_of(regions_.id(result.region));
  const auto kind = word(probe_kind_name(result.kind));
  const auto outcome = word(outcome_row(result.outcome).name);
  const auto reason = word(result.reason);
  const auto last_phase = word(phase_name(result.last_phase));
  const auto tls_version = word(result.tls_version);
  const auto tls_cipher = word(result.tls_cipher);
  std::optional<std::int64_t> certificate;
  if (result.certificate) certificate = value_of(certificates_.id(*result.certificate));
  std::optional<std::string> remote;
  if (result.remote) remote = result.remote->text();
  if (failure) return std::unexpected(std::move(*failure));
  const auto& phases = result.timings.phases;
  return add_
      .bind(result.started, route, region, kind, outcome, reason, result.status, last_phase,
            phases[0], phases[1], phases[2], phases[3], phases[4], phases[5], result.body_size,
            result.redirects, remote, result.http_version, tls_version, tls_cipher, certificate,
            result.cert_expiring, result.trace_id, result.detail, result.response_head)
      .run();
}

std::expected<std::uint64_t, Failure> ResultTable::forget(Timestamp before, std::uint32_t limit) {
  std::uint64_t forgotten = 0;
  std::set<std::int64_t> certificates;
  const auto count = [&](Row& row) {
    ++forgotten;
    if (const auto certificate = row.maybe_integer()) certificates.insert(*certificate);
    return true;
  };
  auto done = for_each_row(forget_, count, before, limit);
  if (done) done = certificates_.remove_unused(certificates);
  if (!done) return std::unexpected(std::move(done.error()));
  return forgotten;
}

void ResultTable::roll_back() {
  routes_.forget();
  regions_.forget();
  words_.forget();
  certificates_.forget();
}

std::expected<std::vector<Result>, Failure> ResultTable::find(const ResultQuery& query) {
  std::vector<Result> results;
  bool understood = true;
  const auto read = [&](Row& row) {
    auto result = read_result(row);
    understood = result.has_value();
    if (understood) results.push_back(std::move(*result));
    return understood;
  };
  const auto from = query.from.value_or(Timestamp::min());
  const auto before = query.before.value_or(Timestamp::max());
  Statement statement(database_, find_sql(query));
  auto done = query.route.empty()
                  ? for_each_row(statement, read, from, before, query.limit)
                  : for_each_row(statement, read, from, before, query.limit, query.route);
  if (!done) return std::unexpected(std::move(done.error()));
  if (!understood) return std::unexpected(unknown_word(database_));
  return results;
}

std::expected<std::vector<ResultOutline>, Failure> ResultTable::outlines(const std::string& route,
                                                                         Timestamp from,
                                                                         Timestamp before) {
  std::vector<ResultOutline> outlines;
  std::optional<Failure> failure;
  const auto text_of = [&failure](Texts& texts, std::int64_t id) -> std::string_view {
    auto text = texts.text(id);
    if (text) return *text;
    if (!failure) failure = std::move(text.error());
    return {};
  };
  const auto read = [&](Row& row) {
    auto& outline = outlines.emplace_back();
    outline.started = row.time();
    outline.region = text_of(region_texts_, row.integer());
    const auto kind = kind_named(text_of(word_texts_, row.integer()));
    const auto outcome = outcome_named(text_of(word_texts_, row.integer()));
    outline.status = static_cast<int>(row.integer());
    outline.cert_expiring = row.integer() != 0;
    if (!failure && (!kind || !outcome)) failure = unknown_word(database_);
    if (failure) return false;
    outline.kind = *kind;
    outline.outcome = *outcome;
    return true;
  };
  auto done = for_each_row(outlines_, read, route, from, before);
  if (!done) return std::unexpected(std::move(done.error()));
  if (failure) return std::unexpected(std::move(*failure));
  return outlines;
}

}  // namespace gatewatch::storage::sqlite
