#include "config/outcome.h"

#include <algorithm>
#include <array>

namespace gatewatch {
namespace {

constexpr std::array<std::string_view, phase_count> phase_names = {"dns",  "connect", "tls",
                                                                   "send", "wait",    "receive"};

using enum Outcome;

constexpr std::array<OutcomeRow, outcome_count> table = {{
    // outcome, name, title, failing, unreachable
    {Ok, "ok", "OK", false, false},
    {StatusMismatch, "status_mismatch", "Unexpected status", true, false},
    {ContentMismatch, "content_mismatch", "Unexpected content", true, false},
    {Slow, "slow", "Slow answer", true, false},
    {DnsFailure, "dns_failure", "DNS failure", true, true},
    {ConnectRefused, "connect_refused", "Connection refused", true, true},
    {ConnectTimeout, "connect_timeout", "Connect timeout", true, true},
    {ConnectUnreachable, "connect_unreachable", "Unreachable", true, true},
    {TlsFailure, "tls_failure", "TLS failure", true, true},
    {Timeout, "timeout", "Timeout", true, true},
    {ConnectionReset, "connection_reset", "Connection reset", true, true},
    {EmptyReply, "empty_reply", "Empty reply", true, true},
    {MalformedResponse, "malformed_response", "Malformed response", true, false},
    {IncompleteHeaders, "incomplete_headers", "Incomplete headers", true, false},
    {IncompleteBody, "incomplete_body", "Incomplete body", true, false},
    {HeaderTooLarge, "header_too_large", "Headers too large", true, false},
    {BodyTooLarge, "body_too_large", "Body too large", true, false},
    {DecodeError, "decode_error", "Undecodable body", true, false},
    {RedirectLoop, "redirect_loop", "Redirect loop", true, false},
    {RedirectRefused, "redirect_refused", "Redirect refused", true, false},
    {TargetRefused, "target_refused", "Address refused", true, false},
    {ProxyFailure, "proxy_failure", "Proxy failure", true, true},
    {Vantage, "vantage", "Own fault", false, false},
}};

}  // namespace

std::string_view phase_name(Phase phase) noexcept {
  return phase_names[static_cast<std::size_t>(phase)];
}

std::span<const OutcomeRow> outcome_table() noexcept {
  return table;
}

const OutcomeRow& outcome_row(Outcome outcome) noexcept {
  return table[static_cast<std::size_t>(outcome)];
}

std::optional<Outcome> outcome_named(std::string_view name) noexcept {
  const auto row = std::ranges::find(table, name, &OutcomeRow::name);
  if (row == table.end()) return std::nullopt;
  return row->outcome;
}

}  // namespace gatewatch
