#include "storage/sqlite/circumstance_list.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::storage::sqlite {

namespace {

// In the order in which read_circumstance() reads them.
constexpr auto read_sql =
    "SELECT route.text, region.text, kind.text, outcome.text, reason.text, status, "
    "last_phase.text, redirects, remote, http_version, tls_version.text, tls_cipher.text, "
    "not_before_us, not_after_us, subject, issuer, fingerprint, cert_expiring, interval_us, "
    "maintenance "
    "FROM circumstance JOIN route ON route.id = circumstance.route "
    "JOIN region ON region.id = circumstance.region "
    "JOIN word AS kind ON kind.id = circumstance.kind "
    "JOIN word AS outcome ON outcome.id = circumstance.outcome "
    "JOIN word AS reason ON reason.id = circumstance.reason "
    "JOIN word AS last_phase ON last_phase.id = circumstance.last_phase "
    "JOIN word AS tls_version ON tls_version.id = circumstance.tls_version "
    "JOIN word AS tls_cipher ON tls_cipher.id = circumstance.tls_cipher "
    "LEFT JOIN certificate ON certificate.id = circumstance.certificate "
    "WHERE circumstance.id = ?1";

// The first of the closed list `values` that has this name.
template <typename Value, typename Name>
std::optional<Value> named(std::string_view name, int count, Name name_of) {
  for (int index = 0; index < count; ++index) {
    if (name_of(static_cast<Value>(index)) == name) return static_cast<Value>(index);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Result> read_circumstance(Row& row) {
  Result result;
  result.route = row.text();
  result.region = row.text();
  const auto kind = named<ProbeKind>(row.text(), 3, probe_kind_name);
  const auto outcome = outcome_named(row.text());
  result.reason = row.text();
  result.status = static_cast<int>(row.integer());
  const auto last_phase = named<Phase>(row.text(), phase_count, phase_name);
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
  result.interval = row.duration();
  result.maintenance = row.integer() != 0;
  if (!kind || !outcome || !last_phase) return std::nullopt;
  result.kind = *kind;
  result.outcome = *outcome;
  result.last_phase = *last_phase;
  return result;
}

Failure unknown_word(const Database& database) {
  return {SQLITE_MISMATCH,
          fmt::format("the database {} holds a result with a word that this version of gatewatch "
                      "does not know: read it with the version that wrote it",
                      database.path())};
}

CircumstanceList::CircumstanceList(Database& database)
    : database_(database), read_(database, read_sql) {}

std::expected<const Result*, Failure> CircumstanceList::find(std::int64_t id) {
  const auto known = known_.find(id);
  if (known != known_.end()) return &known->second;
  bool found = false;
  std::optional<Result> shared;
  const auto read = [&](Row& row) {
    found = true;
    shared = read_circumstance(row);
    return false;
  };
  auto done = for_each_row(read_, read, id);
  if (!done) return std::unexpected(std::move(done.error()));
  if (!found) {
    return std::unexpected(Failure{
        SQLITE_CORRUPT,
        fmt::format("the database {} is damaged: a result has the circumstance {}, which is not "
                    "there",
                    database_.path(), id)});
  }
  if (!shared) return std::unexpected(unknown_word(database_));
  return &known_.emplace(id, std::move(*shared)).first->second;
}

}  // namespace gatewatch::storage::sqlite
