#include "probes/token_redaction.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <re2/re2.h>

#include "probes/net/invariant.h"
#include "probes/redaction.h"

namespace gatewatch {
namespace {

constexpr std::int64_t pattern_memory = 1 << 20;  // bytes at most, each
// Behind so many places where a credential may begin nothing is shown: looking at each takes time.
constexpr int most_hints = 500;

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

// What a pattern finds where it stands: its first group stays, its second one is the secret where
// `is_secret`.
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

// What each rule begins with: one search for all of them, since most pages have none.
constexpr auto hints =
    "(?i)passw|passphrase|pwd|secret|token|(?:api|app|access|private|encryption)[_-]?key|"
    "credential|sess(?:ion|_?id)|cookie|authorization|signature|[cx]srf|bearer|basic|negotiate|"
    "eyJ|://"
    "|(?:value|content)=[\"']|-----BEGIN|A[KS]IA|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|[rs]k_(?"
    ":live|test)_|AIza";

// The name of a field that is a secret, from its hint to its end.
constexpr auto name =
    "(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|app|access|private|encryption)[_-]?key|"
    "credential|sess(?:ion|_?id)|cookie|signature|[cx]srf)[\\w.-]{0,24}";

// What is between a name and its value, as headers, JSON and dumps of many languages have it.
constexpr auto assigns = "\\\\?[\"'\\]]{0,2}\\s{0,8}(?:=>|[:=])\\s{0,8}";

// Values by what quotes them, up to the end of the quotation or of what was kept of it: a double
// quote, one within a string that is quoted itself, a single quote.
constexpr auto in_quotes = "((?:[^\"\\\\\\r\\n]|\\\\.)+)";
constexpr auto in_escaped_quotes = "((?:[^\"\\\\\\r\\n]|\\\\\\\\\\\\\"|\\\\[^\"\\r\\n])+)";
constexpr auto in_single_quotes = "((?:[^'\\\\\\r\\n]|\\\\.)+)";

std::string named(std::string_view behind) {
  return "(?i)(" + std::string(name) + std::string(behind);
}

// A field, with `opening` before its value.
std::string field(std::string_view opening, std::string_view value) {
  return named(std::string(assigns) + std::string(opening) + ")" + std::string(value));
}

// A header whose value lasts to the end of its line, or of what quotes it.
std::string header(std::string_view opening, std::string_view value) {
  return "(?i)((?:cookie2?|authorization)" + std::string(assigns) + std::string(opening) + ")" +
         std::string(value);
}

// A port stands where a password may stand whose end was cut.
bool is_no_port(std::string_view text) {
  return !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

const auto& rules() {
  static const std::array<Rule, 21> all = {{
      {re2::RE2("(?s)(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)(.+?)(?:-----END|\\z)",
                options())},
      {re2::RE2(header("\\\\\"", in_escaped_quotes), options())},
      {re2::RE2(header("\"", in_quotes), options())},
      {re2::RE2(header("'", in_single_quotes), options())},
      {re2::RE2(header("", "((?:=\"[^\"<\\r\\n]*\"?|[^\"'<\\r\\n])+)"), options())},
      {re2::RE2("(?i)(\\b(?:bearer|basic|negotiate)\\s{1,4})([A-Za-z0-9._~+/-]{8,}=*)", options()),
       is_no_word},
      {re2::RE2("()\\b(eyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*){0,2})", options())},
      {re2::RE2("(://[^/\\s:@\"'<>]*:)([^/\\s@\"'<>]+)@", options())},
      {re2::RE2("(://[^/\\s:@\"'<>\\[]*:)([^/\\s@\"'<>]+?)(?:\\z|\xE2\x80\xA6)", options()),
       is_no_port},
      {re2::RE2(field("\\\\\"", in_escaped_quotes), options())},
      {re2::RE2(field("\"", in_quotes), options())},
      {re2::RE2(field("'", in_single_quotes), options())},
      // A list of strings.
      {re2::RE2(
          field("\\[\\s{0,8}\"",
                "((?:[^\"\\\\\\r\\n]|\\\\.)+(?:\"\\s{0,8},\\s{0,8}\"(?:[^\"\\\\\\r\\n]|\\\\.)+)*)"),
          options())},
      {re2::RE2(named("(?:&quot;|&#0?34;)\\s{0,8}(?:=>|[:=])\\s{0,8}(?:&quot;|&#0?34;))"
                      "((?:[^&<\\r\\n]|&[^q#])+)"),
                options())},
      {re2::RE2(named("\\\\?[\"'\\]]{0,2}\\s{0,8}(?:=>|[:=]|%3D)\\s{0,8})"
                      "((?:[^\"'&<>\\s;,\\\\\\[]|\\\\/)+)"),
                options())},
      // An element of XML.
      {re2::RE2(named("\\s{0,8}>(?:<!\\[CDATA\\[)?)([^<]+)"), options())},
      // An input of a form, or a meta element, its name first or last; a cell of a table beside the
      // cell that names it.
      {re2::RE2(named("[\"']?[^<>]{0,80}\\s(?:value|content)=\")([^\"<>]+)"), options())},
      {re2::RE2(named("[\"']?[^<>]{0,80}\\s(?:value|content)=')([^'<>]+)"), options())},
      {re2::RE2("(?i)((?:value|content)=[\"'])([^\"'<>]+)[\"'][^<>]{0,80}\\sname=[\"']?"
                "[\\w.-]{0,24}" +
                    std::string(name),
                options())},
      {re2::RE2(named("\\s{0,8}</t[dh]>\\s{0,40}<t[dh][^<>]{0,80}>(?:<[a-z]+[^<>]{0,80}>)?)"
                      "([^<]+)"),
                options())},
      {re2::RE2("()\\b((?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|"
                "github_pat_\\w{20,}|glpat-[\\w-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|"
                "[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|AIza[\\w-]{30,})",
                options())},
  }};
  return all;
}

struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The secret of the first rule that finds one at `at`.
std::optional<Place> secret_at(std::string_view text, std::size_t at) {
  std::array<re2::StringPiece, 3> groups;
  for (const auto& [pattern, is_secret] : rules()) {
    net::require(pattern.ok(), "a pattern of ours");
    const bool found =
        pattern.Match({text.data(), text.size()}, at, text.size(), re2::RE2::ANCHOR_START,
                      groups.data(), static_cast<int>(groups.size()));
    const auto& secret = groups[2];
    if (!found || !is_secret({secret.data(), secret.size()})) continue;
    const auto begin = static_cast<std::size_t>(secret.data() - text.data());
    return Place{.begin = begin, .end = begin + secret.size()};
  }
  return std::nullopt;
}

}  // namespace

std::string hide_tokens(std::string text) {
  static const re2::RE2 hint(hints, options());
  net::require(hint.ok(), "a pattern of ours");
  std::string replaced;
  std::size_t copied = 0;  // bytes of `text`
  std::size_t at = 0;
  re2::StringPiece found;
  for (int count = 0; hint.Match(text, at, text.size(), re2::RE2::UNANCHORED, &found, 1); ++count) {
    const auto begin = static_cast<std::size_t>(found.data() - text.data());
    auto secret = secret_at(text, begin);
    if (count == most_hints) secret = Place{.begin = begin, .end = text.size()};
    at = secret ? secret->end : begin + 1;
    if (!secret) continue;
    replaced.append(text, copied, secret->begin - copied).append(redacted_mark);
    copied = at;
  }
  if (copied == 0) return text;
  return replaced.append(text, copied);
}

}  // namespace gatewatch
