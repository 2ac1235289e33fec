#include "config/outcome.h"

#include <algorithm>
#include <array>

namespace gatewatch {
namespace {

constexpr std::array<std::string_view, phase_count> phase_names = {"dns",  "connect", "tls",
                                                                   "send", "wait",    "receive"};

using enum Outcome;

constexpr std::array<OutcomeRow, outcome_count> table = {{
    // outcome, name, title, sentence, failing, unreachable
    {Ok, "ok", "OK", "The answer was complete and as expected.", false, false},
    {StatusMismatch, "status_mismatch", "Unexpected status",
     "The answer was complete, its status not an expected one.", true, false},
    {ContentMismatch, "content_mismatch", "Unexpected content",
     "The answer was complete, its headers or body not as expected.", true, false},
    {Slow, "slow", "Slow answer", "The answer was right, but later than expected.", true, false},
    {DnsFailure, "dns_failure", "DNS failure", "The host name could not be resolved.", true, true},
    {ConnectRefused, "connect_refused", "Connection refused", "The server refused the connection.",
     true, true},
    {ConnectTimeout, "connect_timeout", "Connect timeout",
     "The server did not answer the attempt to connect in time.", true, true},
    {ConnectUnreachable, "connect_unreachable", "Unreachable",
     "The network says that the server cannot be reached.", true, true},
    {TlsFailure, "tls_failure", "TLS failure", "TLS could not be established or broke.", true,
     true},
    {Timeout, "timeout", "Timeout",
     "The connection stood, but the answer was not complete in time.", true, true},
    {ConnectionReset, "connection_reset", "Connection reset",
     "The server reset the connection before the answer was complete.", true, true},
    {EmptyReply, "empty_reply", "Empty reply",
     "The server closed the connection without a byte of an answer.", true, true},
    {MalformedResponse, "malformed_response", "Malformed response",
     "The answer was not HTTP, or HTTP that must not be accepted.", true, false},
    {IncompleteHeaders, "incomplete_headers", "Incomplete headers",
     "The connection ended inside the headers of the answer.", true, false},
    {IncompleteBody, "incomplete_body", "Incomplete body",
     "The connection ended before the body was complete.", true, false},
    {HeaderTooLarge, "header_too_large", "Headers too large",
     "The headers of the answer were larger than the limit.", true, false},
    {BodyTooLarge, "body_too_large", "Body too large",
     "The body of the answer was larger than the limit.", true, false},
    {DecodeError, "decode_error", "Undecodable body",
     "The content coding of the body was broken or unknown.", true, false},
    {RedirectLoop, "redirect_loop", "Redirect loop",
     "The redirects went in a circle, or there were too many.", true, false},
    {RedirectRefused, "redirect_refused", "Redirect refused",
     "The answer redirected to where we must not or cannot go.", true, false},
    {TargetRefused, "target_refused", "Address refused",
     "The address is not one that the configuration allows as a target.", true, false},
    {ProxyFailure, "proxy_failure", "Proxy failure", "The configured proxy failed, not the target.",
     true, true},
    {Vantage, "vantage", "Own fault",
     "The probe failed on our own side; nothing is known of the target.", false, false},
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
