// Which statuses a route expects, and which results a rule counts.

#pragma once

#include <bitset>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "config/error.h"
#include "config/outcome.h"

namespace gatewatch::config {

// A set of status codes from 100 to 599.
class StatusSet {
 public:
  // A code ("304", "304-308") or a class ("2xx"); an error says what would be right.
  [[nodiscard]] std::optional<Error> add(std::string_view text);
  void add(int status);
  void add(int first, int last);
  [[nodiscard]] bool contains(int status) const noexcept;
  [[nodiscard]] bool includes(const StatusSet& other) const noexcept {
    return (other.bits_ & ~bits_).none();
  }
  [[nodiscard]] bool empty() const noexcept { return bits_.none(); }

  friend bool operator==(const StatusSet&, const StatusSet&) = default;

 private:
  std::bitset<600> bits_;
};

// What a rule looks for: statuses, outcomes, the named sets of the specification
// (bad_gateway, gateway_error, unreachable, failing) and the warning cert_expiring.
// A vantage result matches nothing: it is our own fault, not the target's. Nor is a status with
// which the configured proxy refused one of the target's.
class MatchSet {
 public:
  [[nodiscard]] std::optional<Error> add(std::string_view text);
  [[nodiscard]] bool contains(Outcome outcome, int status, bool cert_expiring) const noexcept;
  // Whether it matches all that `other` does.
  [[nodiscard]] bool includes(const MatchSet& other) const noexcept;
  [[nodiscard]] bool empty() const noexcept;

  friend bool operator==(const MatchSet&, const MatchSet&) = default;

 private:
  StatusSet statuses_;
  std::bitset<outcome_count> outcomes_;
  bool cert_expiring_ = false;
};

}  // namespace gatewatch::config
