// Texts and certificates that many results share, stored once and known by number. The numbers are
// kept in memory too, within a bound.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "probes/result.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

// One table of texts: route, region or word.
class Interner {
 public:
  static constexpr std::size_t limit = 100'000;  // kept in memory

  Interner(Database& database, const char* table);

  // The number of `text`, which is stored within the current transaction where it is new.
  [[nodiscard]] std::expected<std::int64_t, Failure> id(std::string_view text);
  // After a roll-back: numbers given since the transaction began are void.
  void forget() { known_.clear(); }

 private:
  std::map<std::string, std::int64_t, std::less<>> known_;
  Statement find_;
  Statement add_;
};

// The other way round: what a number of such a table stands for. Texts are never changed or
// deleted.
class Texts {
 public:
  static constexpr std::size_t limit = 100'000;  // kept in memory

  Texts(Database& database, const char* table);

  // Empty for a number that is not there. Valid until the next call.
  [[nodiscard]] std::expected<std::string_view, Failure> text(std::int64_t id);

 private:
  std::unordered_map<std::int64_t, std::string> known_;
  Statement find_;
};

class CertificateInterner {
 public:
  static constexpr std::size_t limit = 1'000;  // kept in memory: several hundred bytes each

  explicit CertificateInterner(Database& database);

  [[nodiscard]] std::expected<std::int64_t, Failure> id(const CertificateFacts& certificate);
  // Deletes those of `candidates` that no result shows any more: a server with a new certificate
  // for each connection must not fill the disk for good.
  [[nodiscard]] std::expected<void, Failure> remove_unused(
      const std::set<std::int64_t>& candidates);
  void forget() { known_.clear(); }

 private:
  struct Order {
    bool operator()(const CertificateFacts& left, const CertificateFacts& right) const;
  };

  std::map<CertificateFacts, std::int64_t, Order> known_;
  Statement find_;
  Statement add_;
  Statement remove_;
};

}  // namespace gatewatch::storage::sqlite
