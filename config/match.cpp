#include "config/match.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::config {
namespace {

constexpr int lowest_status = 100;
constexpr int highest_status = 599;

std::optional<int> parse_status(std::string_view text) {
  int status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (error != std::errc{} || end != text.data() + text.size() || text.size() != 3) return {};
  if (status < lowest_status || status > highest_status) return {};
  return status;
}

// The codes that a text names: "304", "304-308", "2xx".
std::optional<std::pair<int, int>> parse_range(std::string_view text) {
  if (text.size() == 3 && text[0] >= '1' && text[0] <= '5' &&
      (text.substr(1) == "xx" || text.substr(1) == "XX")) {
    const int first = (text[0] - '0') * 100;
    return std::pair{first, first + 99};
  }
  const auto dash = text.find('-');
  const auto first = parse_status(text.substr(0, dash));
  if (dash == std::string_view::npos)
    return first ? std::optional(std::pair{*first, *first}) : std::nullopt;
  const auto last = parse_status(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return std::pair{*first, *last};
}

}  // namespace

std::optional<Error> StatusSet::add(std::string_view text) {
  const auto range = parse_range(text);
  if (!range) {
    return Error{fmt::format(
        "\"{}\" is no status: write a code (304), a range (\"300-308\") or a class (\"2xx\")",
        text)};
  }
  add(range->first, range->second);
  return std::nullopt;
}

void StatusSet::add(int status) {
  add(status, status);
}

void StatusSet::add(int first, int last) {
  for (int status = first; status <= last; ++status) bits_.set(static_cast<std::size_t>(status));
}

bool StatusSet::contains(int status) const noexcept {
  return status >= 0 && status <= highest_status && bits_[static_cast<std::size_t>(status)];
}

std::optional<Error> MatchSet::add(std::string_view text) {
  if (text == "bad_gateway") {
    statuses_.add(502);
  } else if (text == "gateway_error") {
    for (const int status : {502, 504, 530}) statuses_.add(status);
    statuses_.add(520, 527);
  } else if (text == "unreachable" || text == "failing") {
    for (const auto& row : outcome_table()) {
      if (text == "failing" ? row.failing : row.unreachable) {
        outcomes_.set(static_cast<std::size_t>(row.outcome));
      }
    }
  } else if (text == "cert_expiring") {
    cert_expiring_ = true;
  } else if (const auto outcome = outcome_named(text); outcome && outcome_row(*outcome).failing) {
    outcomes_.set(static_cast<std::size_t>(*outcome));
  } else if (statuses_.add(text)) {
    return Error{fmt::format(
        "\"{}\" is nothing that a rule can match: write a status (502), a class (\"5xx\"), an "
        "outcome (\"timeout\") or one of bad_gateway, gateway_error, unreachable, failing, "
        "cert_expiring",
        text)};
  }
  return std::nullopt;
}

bool MatchSet::contains(Outcome outcome, int status, bool cert_expiring) const noexcept {
  if (outcome == Outcome::Vantage) return false;
  if (cert_expiring && cert_expiring_) return true;
  if (outcome == Outcome::Ok) return false;                    // expected, whatever its status
  const bool is_of_target = outcome != Outcome::ProxyFailure;  // else the status is the proxy's
  return outcomes_[static_cast<std::size_t>(outcome)] ||
         (is_of_target && statuses_.contains(status));
}

bool MatchSet::includes(const MatchSet& other) const noexcept {
  return statuses_.includes(other.statuses_) && (other.outcomes_ & ~outcomes_).none() &&
         (cert_expiring_ || !other.cert_expiring_);
}

bool MatchSet::empty() const noexcept {
  return statuses_.empty() && outcomes_.none() && !cert_expiring_;
}

}  // namespace gatewatch::config
