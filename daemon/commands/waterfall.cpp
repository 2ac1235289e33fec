#include "daemon/commands/waterfall.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "probes/result_json.h"

namespace gatewatch::daemon {
namespace {

constexpr int bar_width = 48;              // columns of the whole duration
constexpr std::size_t shown_body = 1'024;  // bytes

double milliseconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// One that came whole failed by what it said, or said too late: it stopped nowhere.
bool came_whole(const Result& result) {
  return !result.is_failing() || result.outcome == Outcome::StatusMismatch ||
         result.outcome == Outcome::ContentMismatch || result.outcome == Outcome::Slow;
}

int columns(std::chrono::microseconds part, std::chrono::microseconds whole) {
  return static_cast<int>(part.count() * bar_width / std::max<std::int64_t>(1, whole.count()));
}

std::string summary(const Result& result) {
  if (result.outcome == Outcome::Ok) {
    auto text = fmt::format("{} in time and as expected", result.status);
    if (!result.detail.empty()) text += ", but " + clean_utf8(result.detail);
    return text;
  }
  const auto& row = outcome_row(result.outcome);
  auto text = std::string(row.title);
  if (!result.reason.empty()) text += fmt::format(" ({})", result.reason);
  if (!result.detail.empty()) text += ": " + clean_utf8(result.detail);
  return text;
}

std::string indented(std::string lines) {
  while (lines.ends_with('\n')) lines.pop_back();
  std::string text = "\n  ";
  for (const char character : lines) {
    text += character;
    if (character == '\n') text += "  ";
  }
  return text + '\n';
}

// Where the body is no text, a look at it helps nobody.
std::string beginning(const std::string& body) {
  if (body.find('\0') != std::string::npos) return {};
  auto text = indented(clean_lines(body.substr(0, shown_body)));
  if (body.size() > shown_body) text += "  …\n";
  return text;
}

std::string shown(const Evidence& evidence, bool with_body) {
  std::string text;
  if (!evidence.chain_fingerprint.empty()) {
    text += fmt::format("  chain   sha256 {}\n", evidence.chain_fingerprint);
  }
  if (!evidence.resolver.empty()) text += fmt::format("  asked   {}\n", evidence.resolver);
  for (const auto& [name, value] : evidence.request_ids) {
    text += fmt::format("  id      {} {}\n", name, clean_utf8(value));
  }
  if (evidence.body_hashed > 0) {
    const bool all = evidence.body_hashed == evidence.body_length;
    text += fmt::format("  body    {} bytes{}, sha256 {}{}\n", evidence.body_length,
                        evidence.body_complete ? "" : " so far", evidence.body_sha256,
                        all ? "" : fmt::format(" of the first {}", evidence.body_hashed));
  }
  if (!evidence.head.empty()) text += indented(clean_lines(evidence.head));
  if (with_body && !evidence.body.empty()) text += beginning(evidence.body);
  return text;
}

}  // namespace

int plugin_exit_code(const Result& result) {
  if (result.outcome == Outcome::Vantage) return 3;
  if (result.outcome == Outcome::Ok) return result.cert_expiring ? 1 : 0;
  return result.outcome == Outcome::Slow ? 1 : 2;
}

std::string plugin_line(const Result& result) {
  constexpr std::array<const char*, 4> words = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  auto text = fmt::format("{}: {}: {}", words[static_cast<std::size_t>(plugin_exit_code(result))],
                          result.route, summary(result));
  if (result.cert_expiring) text += ", its certificate expires soon";
  std::ranges::replace(text, '|', '/');  // '|' begins the performance data
  std::ranges::replace(text, '\n', ' ');
  return text + fmt::format(" | time={:.6f}s;;;0 size={}B;;;0",
                            std::chrono::duration<double>(result.duration()).count(),
                            result.body_size);
}

std::string waterfall(const Result& result) {
  std::string text;
  std::chrono::microseconds before{0};
  for (int index = 0; index < phase_count; ++index) {
    const auto phase = static_cast<Phase>(index);
    const auto part = result.timings[phase];
    const bool stopped_here = !came_whole(result) && phase == result.last_phase;
    if (part.count() > 0 || stopped_here) {
      const int width = std::max(1, columns(part, result.duration()));
      text += fmt::format("  {:<8}{:>10.1f} ms  {:{}}{:=<{}}{}\n", phase_name(phase),
                          milliseconds(part), "", columns(before, result.duration()), "", width,
                          stopped_here ? "  stopped here" : "");
    }
    before += part;
  }
  text += fmt::format("  {:<8}{:>10.1f} ms\n", "total", milliseconds(result.duration()));
  if (result.remote) text += fmt::format("  from    {}\n", result.remote->text());
  if (!result.resolved.empty()) {
    std::string addresses;
    for (const auto& address : result.resolved.list()) {
      addresses += (addresses.empty() ? "" : ", ") + address.text();
    }
    text += fmt::format("  name    {}\n", addresses);
  }
  if (!result.tls_version.empty()) {
    text += fmt::format("  tls     {} {}\n", result.tls_version, result.tls_cipher);
  }
  if (result.certificate) {
    text += fmt::format("  cert    {}, expires {}\n", clean_utf8(result.certificate->subject),
                        format_timestamp(result.certificate->not_after));
  }
  if (result.evidence) text += shown(*result.evidence, result.is_failing());
  return text;
}

}  // namespace gatewatch::daemon
