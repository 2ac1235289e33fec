// THE table of outcomes (spec section 5): each has a name for machines, a title for people and the
// sets that it belongs to. Configuration, logs, API, pages, metrics and alerts read only this.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gatewatch {

// The phases of one exchange, in their order. Each is timed on its own.
enum class Phase : std::uint8_t { Dns, Connect, Tls, Send, Wait, Receive };
inline constexpr int phase_count = 6;
[[nodiscard]] std::string_view phase_name(Phase phase) noexcept;  // "dns", "connect", …

enum class Outcome : std::uint8_t {
  Ok,
  StatusMismatch,
  ContentMismatch,
  Slow,
  DnsFailure,
  ConnectRefused,
  ConnectTimeout,
  ConnectUnreachable,
  TlsFailure,
  Timeout,
  ConnectionReset,
  EmptyReply,
  MalformedResponse,
  IncompleteHeaders,
  IncompleteBody,
  HeaderTooLarge,
  BodyTooLarge,
  DecodeError,
  RedirectLoop,
  RedirectRefused,
  TargetRefused,
  ProxyFailure,
  Vantage,
};
inline constexpr int outcome_count = 23;

struct OutcomeRow {
  Outcome outcome;
  std::string_view name;   // "connect_refused": configuration, API, metrics, database
  std::string_view title;  // "Connection refused": headings
  bool failing;            // in the set `failing`: everything but ok and vantage
  bool unreachable;        // in the set `unreachable`
};

[[nodiscard]] std::span<const OutcomeRow> outcome_table() noexcept;  // in the enum's order
[[nodiscard]] const OutcomeRow& outcome_row(Outcome outcome) noexcept;
[[nodiscard]] std::optional<Outcome> outcome_named(std::string_view name) noexcept;

}  // namespace gatewatch
