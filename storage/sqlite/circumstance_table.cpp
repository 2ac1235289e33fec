#include "storage/sqlite/circumstance_table.h"

#include <algorithm>
#include <set>
#include <utility>

namespace gatewatch::storage::sqlite {

namespace {

// How far ahead a use is noted, so that it is not noted again with every result.
constexpr auto headroom = std::chrono::hours(1);

constexpr auto find_sql =
    "SELECT id, until_us FROM circumstance WHERE route = ?1 AND region = ?2 AND kind = ?3 "
    "AND outcome = ?4 AND reason = ?5 AND status = ?6 AND last_phase = ?7 AND redirects = ?8 "
    "AND remote IS ?9 AND http_version = ?10 AND tls_version = ?11 AND tls_cipher = ?12 "
    "AND certificate IS ?13 AND cert_expiring = ?14 AND interval_us = ?15 AND maintenance = ?16";

constexpr auto add_sql =
    "INSERT INTO circumstance (route, region, kind, outcome, reason, status, last_phase, "
    "redirects, remote, http_version, tls_version, tls_cipher, certificate, cert_expiring, "
    "interval_us, maintenance, until_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
    "?12, ?13, ?14, "
    "?15, ?16, ?17) "
    "RETURNING id, until_us";

}  // namespace

CircumstanceTable::CircumstanceTable(Database& database)
    : routes_(database, "route"),
      regions_(database, "region"),
      words_(database, "word"),
      certificates_(database),
      find_(database, find_sql),
      add_(database, add_sql),
      keep_(database, "UPDATE circumstance SET until_us = ?2 WHERE id = ?1 AND until_us < ?3"),
      forget_(database,
              "DELETE FROM circumstance WHERE id IN (SELECT id FROM circumstance "
              "WHERE until_us < ?1 ORDER BY until_us LIMIT ?2) RETURNING certificate") {}

// What differs most often comes first.
bool CircumstanceTable::Known::is_of(const Result& result) const {
  if (status != result.status || outcome != result.outcome || kind != result.kind ||
      last_phase != result.last_phase || redirects != result.redirects ||
      cert_expiring != result.cert_expiring || interval != result.interval ||
      maintenance != result.maintenance || remote != result.remote || region != result.region ||
      reason != result.reason || http_version != result.http_version ||
      tls_version != result.tls_version || tls_cipher != result.tls_cipher ||
      (certificate != nullptr) != bool(result.certificate)) {
    return false;
  }
  return certificate == nullptr || *certificate == *result.certificate;
}

std::expected<CircumstanceId, Failure> CircumstanceTable::id(const Result& result, Timestamp end) {
  if (certificates_cleared_ != certificates_.times_cleared()) known_.clear();
  const auto of_route = known_.find(std::string_view(result.route));
  if (of_route != known_.end()) {
    auto& list = of_route->second;
    const auto found =
        std::ranges::find_if(list, [&result](const Known& known) { return known.is_of(result); });
    if (found != list.end()) {
      std::rotate(list.begin(), found, found + 1);
      auto& known = list.front();
      if (known.until < end) {
        if (auto kept = keep(known.id, end); !kept) return std::unexpected(kept.error());
        known.until = end + headroom;
      }
      return CircumstanceId{known.id, known.route};
    }
  }
  auto known = find_or_add(result, end + headroom);
  if (!known) return std::unexpected(std::move(known.error()));
  if (known->until < end) {
    if (auto kept = keep(known->id, end); !kept) return std::unexpected(kept.error());
    known->until = end + headroom;
  }
  const CircumstanceId id{known->id, known->route};
  remember(result, std::move(*known));
  return id;
}

std::expected<CircumstanceTable::Known, Failure> CircumstanceTable::find_or_add(
    const Result& result, Timestamp until) {
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
  const CertificateFacts* facts = nullptr;
  std::optional<std::int64_t> certificate;
  if (result.certificate) {
    auto known = certificates_.find_or_add(*result.certificate);
    if (!known) return std::unexpected(std::move(known.error()));
    facts = &(*known)->first;
    certificate = (*known)->second;
  }
  std::optional<std::string> remote;
  if (result.remote) remote = result.remote->text();
  if (failure) return std::unexpected(std::move(*failure));

  Known known{0,
              route,
              until,
              result.kind,
              result.outcome,
              result.last_phase,
              result.status,
              result.redirects,
              result.interval,
              result.cert_expiring,
              result.maintenance,
              result.remote,
              result.region,
              result.reason,
              result.http_version,
              result.tls_version,
              result.tls_cipher,
              facts};
  const auto read = [&known](Row& row) {
    known.id = row.integer();
    known.until = row.time();
    return true;
  };
  const auto run = [&](Statement& statement, const auto&... more) {
    return for_each_row(statement, read, route, region, kind, outcome, reason, result.status,
                        last_phase, result.redirects, remote, result.http_version, tls_version,
                        tls_cipher, certificate, result.cert_expiring, result.interval,
                        result.maintenance, more...);
  };
  auto done = run(find_);
  if (done && known.id == 0) done = run(add_, until);
  if (!done) return std::unexpected(std::move(done.error()));
  return known;
}

void CircumstanceTable::remember(const Result& result, Known known) {
  if (certificates_cleared_ != certificates_.times_cleared() || known_.size() == most_routes) {
    known_.clear();
    certificates_cleared_ = certificates_.times_cleared();
  }
  auto& list = known_[result.route];
  if (list.size() == most_per_route) list.pop_back();
  list.insert(list.begin(), std::move(known));
}

std::expected<void, Failure> CircumstanceTable::keep(std::int64_t id, Timestamp end) {
  return keep_.bind(id, end + headroom, end).run();
}

std::expected<void, Failure> CircumstanceTable::forget(Timestamp before, std::uint32_t limit) {
  std::set<std::int64_t> certificates;
  bool any = false;
  const auto read = [&](Row& row) {
    any = true;
    if (const auto certificate = row.maybe_integer()) certificates.insert(*certificate);
    return true;
  };
  if (auto done = for_each_row(forget_, read, before, limit); !done) return done;
  if (any) known_.clear();
  return certificates_.remove_unused(certificates);
}

void CircumstanceTable::roll_back() {
  routes_.forget();
  regions_.forget();
  words_.forget();
  certificates_.forget();
  known_.clear();
}

}  // namespace gatewatch::storage::sqlite
