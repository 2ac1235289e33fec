#include "probes/token_redaction.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <re2/re2.h>

#include "probes/net/invariant.h"
#include "probes/redaction.h"

namespace gatewatch {
namespace {

constexpr std::int64_t pattern_memory = 1 << 20;  // bytes at most, each

bool is_lower(char byte) {
  return byte >= 'a' && byte <= 'z';
}

bool is_upper(char byte) {
  return byte >= 'A' && byte <= 'Z';
}

// Words follow "basic" and "bearer" in prose; a credential is long, or no word.
bool is_no_word(std::string_view text) {
  constexpr std::size_t longest_word = 24;  // bytes
  const bool has_digit = std::ranges::any_of(text, [](char c) { return c >= '0' && c <= '9'; });
  bool changes_case = false;
  for (std::size_t index = 1; index < text.size(); ++index) {
    changes_case = changes_case || (is_lower(text[index - 1]) && is_upper(text[index]));
  }
  return has_digit || changes_case || text.ends_with('=') || text.size() > longest_word;
}

bool is_any(std::string_view /*text*/) {
  return true;
}

// What a pattern finds: its first group stays, its second one is the secret where `is_secret`.
struct Rule {
  re2::RE2 pattern;
  bool (*is_secret)(std::string_view) = is_any;
};

// Bytes, not characters: a body need not be UTF-8.
re2::RE2::Options options() {
  re2::RE2::Options bytes(re2::RE2::Latin1);
  bytes.set_max_mem(pattern_memory);
  bytes.set_log_errors(false);
  return bytes;
}

constexpr std::string_view secret_names =
    "(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|"
    "private[_-]?key|credentials?|session|sess_?id|cookie|signature|csrf|xsrf)[\\w.-]{0,24}";

std::string named(std::string_view behind) {
  return "(?i)(" + std::string(secret_names) + std::string(behind);
}

const auto& rules() {
  static const std::array<Rule, 11> all = {{
      {re2::RE2("(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----)([^-]+)", options())},
      // The value of a header lasts to the end of its line, or of what quotes it.
      {re2::RE2("(?i)((?:cookie2?|authorization)[\"'\\]]*\\s{0,4}(?:=>|[:=])\\s{0,4}[\"']?)"
                "([^\"'<\\r\\n]+)",
                options())},
      {re2::RE2("(?i)(\\b(?:bearer|basic|negotiate)\\s{1,4})([A-Za-z0-9._~+/-]{8,}=*)", options()),
       is_no_word},
      {re2::RE2("()(\\beyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*){0,2})", options())},
      {re2::RE2("(?i)([a-z]://[^/\\s:@\"'<>]*:)([^/\\s@\"'<>]+)@", options())},
      {re2::RE2(named("\\\\?[\"'\\]]{0,2}\\s{0,8}(?:=>|[:=])\\s{0,8}\\\\?\")([^\"\\\\\\r\\n]+)"),
                options())},
      {re2::RE2(named("\\\\?[\"'\\]]{0,2}\\s{0,8}(?:=>|[:=])\\s{0,8}')([^'\\r\\n]+)"), options())},
      {re2::RE2(named("\\\\?[\"'\\]]{0,2}\\s{0,8}(?:=>|[:=]|%3D)\\s{0,8})([^\"'&<>\\s;,\\\\\\[]+)"),
                options())},
      // An input of a form, or a meta element; a cell of a table beside the cell that names it.
      {re2::RE2(named("[\"']?[^<>]{0,80}\\s(?:value|content)=[\"'])([^\"'<>]+)"), options())},
      {re2::RE2(named("\\s{0,8}</t[dh]>\\s{0,40}<t[dh][^<>]{0,80}>(?:<[a-z]+[^<>]{0,80}>)?)"
                      "([^<]+)"),
                options())},
      {re2::RE2("()(\\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|"
                "github_pat_\\w{20,}|glpat-[\\w-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|"
                "[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|AIza[\\w-]{30,}))",
                options())},
  }};
  return all;
}

std::string replace(std::string text, const Rule& rule) {
  net::require(rule.pattern.ok(), "a pattern of ours");
  std::array<re2::StringPiece, 3> groups;
  std::string replaced;
  std::size_t copied = 0;  // bytes of `text`
  std::size_t at = 0;
  while (at < text.size() && rule.pattern.Match(text, at, text.size(), re2::RE2::UNANCHORED,
                                                groups.data(), static_cast<int>(groups.size()))) {
    const auto& secret = groups[2];
    const auto begin = static_cast<std::size_t>(secret.data() - text.data());
    at = begin + secret.size();
    if (!rule.is_secret({secret.data(), secret.size()})) continue;
    replaced.append(text, copied, begin - copied).append(redacted_mark);
    copied = at;
  }
  if (copied == 0) return text;
  return replaced.append(text, copied);
}

}  // namespace

std::string hide_tokens(std::string text) {
  for (const auto& rule : rules()) text = replace(std::move(text), rule);
  return text;
}

}  // namespace gatewatch
