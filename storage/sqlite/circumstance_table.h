// What a result shares with others (route, region, outcome, certificate, …), stored once and known
// by number. The ones that were used last are kept in memory, within a bound.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "probes/result.h"
#include "storage/sqlite/interner.h"
#include "storage/sqlite/statement.h"

namespace gatewatch::storage::sqlite {

struct CircumstanceId {
  std::int64_t id = 0;
  std::int64_t route = 0;  // the number of its route
};

class CircumstanceTable {
 public:
  static constexpr std::size_t most_routes = 100'000;  // kept in memory
  static constexpr std::size_t most_per_route = 16;

  explicit CircumstanceTable(Database& database);

  // Each within a transaction of the caller, who calls roll_back() where that does not commit.

  // The number of what `result` shares, which is stored where it is new. The block that the result
  // goes into must not end after `end`.
  [[nodiscard]] std::expected<CircumstanceId, Failure> id(const Result& result, Timestamp end);
  // `id` is used by a block that ends at `end`.
  [[nodiscard]] std::expected<void, Failure> keep(std::int64_t id, Timestamp end);
  // Removes at most `limit` that no block uses, where no block ends before `before`, and the
  // certificates that nothing shows any more.
  [[nodiscard]] std::expected<void, Failure> forget(Timestamp before, std::uint32_t limit);
  void roll_back();

 private:
  struct Known {
    std::int64_t id;
    std::int64_t route;
    Timestamp until;  // as stored, or earlier
    ProbeKind kind;
    Outcome outcome;
    Phase last_phase;
    int status;
    int redirects;
    std::chrono::microseconds interval;
    bool cert_expiring;
    bool maintenance;
    std::optional<Endpoint> remote;
    std::string region;
    std::string reason;
    std::string http_version;
    std::string tls_version;
    std::string tls_cipher;
    const CertificateFacts* certificate;  // certificates_ has it; null: none

    [[nodiscard]] bool is_of(const Result& result) const;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using KnownOfRoute = std::vector<Known>;  // the one used last is first

  [[nodiscard]] std::expected<Known, Failure> find_or_add(const Result& result, Timestamp until);
  void remember(const Result& result, Known known);

  Interner routes_;
  Interner regions_;
  Interner words_;
  CertificateInterner certificates_;
  std::unordered_map<std::string, KnownOfRoute, Hash, std::equal_to<>> known_;
  std::uint64_t certificates_cleared_ = 0;  // how often, when known_ last pointed into them
  Statement find_;
  Statement add_;
  Statement keep_;
  Statement forget_;
};

}  // namespace gatewatch::storage::sqlite
