#include "storage/sqlite/interner.h"

#include <tuple>

#include <fmt/format.h>

namespace gatewatch::storage::sqlite {

namespace {

// The number that `find` knows for the values, or that `add` gives them.
template <typename... Values>
std::expected<std::int64_t, Failure> find_or_add(Statement& find, Statement& add,
                                                 const Values&... values) {
  std::int64_t id = 0;
  const auto read = [&id](Row& row) {
    id = row.integer();
    return true;
  };
  auto done = for_each_row(find, read, values...);
  if (done && id == 0) done = for_each_row(add, read, values...);
  if (!done) return std::unexpected(std::move(done.error()));
  return id;
}

}  // namespace

Interner::Interner(Database& database, const char* table)
    : find_(database, fmt::format("SELECT id FROM {} WHERE text = ?1", table)),
      add_(database, fmt::format("INSERT INTO {} (text) VALUES (?1) RETURNING id", table)) {}

std::expected<std::int64_t, Failure> Interner::id(std::string_view text) {
  const auto known = known_.find(text);
  if (known != known_.end()) return known->second;
  auto id = find_or_add(find_, add_, text);
  if (!id) return id;
  if (known_.size() == limit) known_.clear();
  known_.emplace(text, *id);
  return id;
}

CertificateInterner::CertificateInterner(Database& database)
    : find_(database,
            "SELECT id FROM certificate WHERE fingerprint = ?1 AND not_before_us = ?2 "
            "AND not_after_us = ?3 AND subject = ?4 AND issuer = ?5"),
      add_(database,
           "INSERT INTO certificate (fingerprint, not_before_us, not_after_us, subject, issuer) "
           "VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id"),
      remove_(database,
              "DELETE FROM certificate WHERE id = ?1 "
              "AND NOT EXISTS (SELECT 1 FROM circumstance WHERE certificate = ?1)") {}

bool CertificateInterner::Order::operator()(const CertificateFacts& left,
                                            const CertificateFacts& right) const {
  const auto fields = [](const CertificateFacts& facts) {
    return std::tie(facts.fingerprint, facts.not_before, facts.not_after, facts.subject,
                    facts.issuer);
  };
  return fields(left) < fields(right);
}

std::expected<const CertificateInterner::Known*, Failure> CertificateInterner::find_or_add(
    const CertificateFacts& certificate) {
  const auto known = known_.find(certificate);
  if (known != known_.end()) return &*known;
  const auto id =
      sqlite::find_or_add(find_, add_, certificate.fingerprint, certificate.not_before,
                          certificate.not_after, certificate.subject, certificate.issuer);
  if (!id) return std::unexpected(id.error());
  if (known_.size() == limit) forget();
  return &*known_.emplace(certificate, *id).first;
}

void CertificateInterner::forget() {
  known_.clear();
  ++times_cleared_;
}

std::expected<void, Failure> CertificateInterner::remove_unused(
    const std::set<std::int64_t>& candidates) {
  for (const auto id : candidates) {
    if (auto removed = remove_.bind(id).run(); !removed) return removed;
  }
  if (!candidates.empty()) forget();
  return {};
}

}  // namespace gatewatch::storage::sqlite
