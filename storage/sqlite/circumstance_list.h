// Circumstances as results without numbers, by their own number; each is read once.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <unordered_map>

#include "probes/result.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

// Reads route, region, kind, outcome, reason, status, last phase, redirects, remote, http_version,
// tls_version, tls_cipher, the certificate's five facts, cert_expiring, the interval and
// maintenance. nullopt: a word that this program does not know, which unknown_word() tells the
// operator.
[[nodiscard]] std::optional<Result> read_circumstance(Row& row);
[[nodiscard]] Failure unknown_word(const Database& database);

class CircumstanceList {
 public:
  explicit CircumstanceList(Database& database);

  // Before each transaction: numbers are used again.
  void clear() { known_.clear(); }
  // A result with what those of `id` share. The pointer holds until clear(). Fails where the
  // file says nothing of it, or has a word that this program does not know.
  [[nodiscard]] std::expected<const Result*, Failure> find(std::int64_t id);

 private:
  Database& database_;
  std::unordered_map<std::int64_t, Result> known_;
  Statement read_;
};

}  // namespace gatewatch::storage::sqlite
