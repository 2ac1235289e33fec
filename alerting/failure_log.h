// What has matched one rule on one route of late: the newest results as lines of evidence, and how
// often which failure was seen. Bounded; forgotten when the failing stretch is over.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
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
  std::optional<Timestamp> certificate_expires;  // where that is soon
  std::optional<Endpoint> gateway{};             // that was connected to, and not by a proxy
};

class FailureLog {
 public:
  static constexpr std::size_t newest_kept = 3;
  static constexpr std::size_t names_kept = 16;  // further ones are not counted

  void add(const Result& result, const config::Route& route);
  // One of which nothing more is known, or which is not among the newest: no line of evidence.
  void count(const storage::ResultOutline& result);
  void clear();

  [[nodiscard]] const std::vector<Evidence>& newest() const { return newest_; }  // oldest first
  [[nodiscard]] std::set<Endpoint> gateways() const;                             // of the newest
  [[nodiscard]] const std::map<std::string, std::uint64_t>& names() const { return names_; }

 private:
  std::vector<Evidence> newest_;
  std::map<std::string, std::uint64_t> names_;
};

}  // namespace gatewatch::alerting
