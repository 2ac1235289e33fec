#include "alerting/evidence.h"

#include <algorithm>
#include <chrono>
#include <ranges>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "alerting/notification.h"
#include "alerting/status_phrase.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_value = 120;   // bytes of one header field
constexpr std::size_t longest_detail = 240;  // bytes
constexpr std::size_t most_request_ids = 4;

// At most `length` bytes, never cut inside a UTF-8 sequence; control bytes become blanks.
std::string clean(std::string_view text, std::size_t length) {
  auto end = std::min(text.size(), length);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  std::string cleaned(text.substr(0, end));
  std::ranges::replace_if(
      cleaned, [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; },
      ' ');
  if (end < text.size()) cleaned += "…";
  return cleaned;
}

bool status_is_the_failure(Outcome outcome, int status) {
  if (outcome == Outcome::StatusMismatch) return true;
  // A 502 whose body breaks off is still a 502 to whoever reads of it; but content or latency
  // fail by themselves, whatever status was expected, and a proxy's status is its own.
  return status >= 500 && outcome != Outcome::Ok && outcome != Outcome::ContentMismatch &&
         outcome != Outcome::Slow && outcome != Outcome::ProxyFailure;
}

std::string status_name(int status) {
  const auto phrase = status_phrase(status);
  return phrase.empty() ? fmt::format("Status {}", status) : fmt::format("{} {}", status, phrase);
}

std::string finding(const Result& result) {
  if (result.outcome == Outcome::Ok) return status_name(result.status);
  auto text = failure_name(storage::outline_of(result));
  if (!status_is_the_failure(result.outcome, result.status)) {
    if (result.status != 0) text += fmt::format(" (status {})", result.status);
    if (!result.detail.empty()) {
      auto detail = clean(result.detail, longest_detail);
      if (detail.ends_with('.')) detail.pop_back();
      text += fmt::format(": {},", detail);
    }
  }
  return text;
}

}  // namespace

std::string failure_name(const storage::ResultOutline& result) {
  if (status_is_the_failure(result.outcome, result.status)) {
    return status_name(result.status);
  }
  if (result.outcome == Outcome::Ok && result.cert_expiring) {
    return std::string(certificate_expires_soon);
  }
  return std::string(outcome_row(result.outcome).title);
}

std::string evidence_line(const Result& result, const config::Route& route) {
  const auto started = std::chrono::floor<std::chrono::seconds>(result.started);
  auto line = fmt::format(
      "{} {} from {} at {:%Y-%m-%dT%H:%M:%SZ}: {} in {:.3f} s", clean(route.method, longest_value),
      clean(route.url.text_without_query(), longest_detail), result.region,
      fmt::gmtime(std::chrono::system_clock::to_time_t(started)), finding(result),
      std::chrono::duration<double>(result.duration()).count());
  if (result.cert_expiring && result.certificate) {
    line += ", certificate expires " + day_of(result.certificate->not_after);
  }
  if (result.remote) line += ", remote " + result.remote->text();
  if (!result.trace_id.empty()) line += ", trace " + result.trace_id;
  if (result.evidence) {
    for (const auto& [name, value] :
         result.evidence->request_ids | std::views::take(most_request_ids)) {
      line += fmt::format(", {} {}", name, clean(value, longest_value));
    }
  }
  return line;
}

}  // namespace gatewatch::alerting
