// What has matched one rule on one route of late: the newest results as lines of evidence, and how
// often which failure was seen. Bounded; forgotten when the failing stretch is over. One that is
// empty holds no memory.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/config.h"
#include "probes/result.h"
#include "storage/records.h"

namespace gatewatch::alerting {

struct Evidence {
  Timestamp at;
  std::string line;
  std::string name;                              // of the failure
  std::optional<Timestamp> certificate_expires;  // where that is soon
  std::optional<Endpoint> gateway{};             // that was connected to, and not by a proxy
};
// Shared by the rules that a result matches.
using EvidencePointer = std::shared_ptr<const Evidence>;
[[nodiscard]] EvidencePointer evidence_of(const Result& result, const config::Route& route);

class FailureLog {
 public:
  static constexpr std::size_t newest_kept = 3;
  static constexpr std::size_t names_kept = 16;  // further ones are not counted

  using Names = std::map<std::string, std::uint64_t>;

  void add(EvidencePointer evidence);
  // One of which nothing more is known, or which is not among the newest: no line of evidence.
  void count(const storage::ResultOutline& result);
  void clear() { entries_.reset(); }

  [[nodiscard]] const std::vector<EvidencePointer>& newest() const;  // oldest first
  [[nodiscard]] std::set<Endpoint> gateways() const;                 // of the newest
  [[nodiscard]] const Names& names() const;

 private:
  struct Entries {
    std::vector<EvidencePointer> newest;
    Names names;
  };

  Entries& entries();
  void count(const std::string& name);

  std::unique_ptr<Entries> entries_;
};

}  // namespace gatewatch::alerting
