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
#include <utility>

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

class CertificateInterner {
 public:
  static constexpr std::size_t limit = 1'000;  // kept in memory: several hundred bytes each

  explicit CertificateInterner(Database& database);

  // A certificate and its number. The pointer holds until times_cleared() grows.
  using Known = std::pair<const CertificateFacts, std::int64_t>;
  [[nodiscard]] std::expected<const Known*, Failure> find_or_add(
      const CertificateFacts& certificate);
  [[nodiscard]] std::uint64_t times_cleared() const { return times_cleared_; }
  // Deletes those of `candidates` that no circumstance has any more: a server with a new
  // certificate for each connection must not fill the disk for good.
  [[nodiscard]] std::expected<void, Failure> remove_unused(
      const std::set<std::int64_t>& candidates);
  void forget();

 private:
  struct Order {
    bool operator()(const CertificateFacts& left, const CertificateFacts& right) const;
  };

  std::map<CertificateFacts, std::int64_t, Order> known_;
  std::uint64_t times_cleared_ = 0;
  Statement find_;
  Statement add_;
  Statement remove_;
};

}  // namespace gatewatch::storage::sqlite
