#include "probes/redaction.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "probes/base64.h"
#include "probes/net/http_message.h"
#include "probes/request_writer.h"

namespace gatewatch {
namespace {

constexpr std::size_t shortest_secret = 6;  // bytes
constexpr std::size_t shortest_prefix = 4;  // bytes of a secret that "…" cut
constexpr std::string_view ellipsis = "…";

void replace_all(std::string& text, std::string_view secret) {
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + redacted_mark.size())) {
    text.replace(at, secret.size(), redacted_mark);
  }
}

// The longest beginning of `secret` that `text` ends with.
std::size_t cut_length(std::string_view text, std::string_view secret) {
  auto length = std::min(text.size(), secret.size());
  while (length > 0 && !text.ends_with(secret.substr(0, length))) --length;
  return length;
}

void replace_cut(std::string& text, std::string_view secret) {
  for (auto at = text.find(ellipsis); at != std::string::npos;
       at = text.find(ellipsis, at + ellipsis.size())) {
    const auto length = cut_length(std::string_view(text).substr(0, at), secret);
    if (length < shortest_prefix) continue;
    text.replace(at - length, length, redacted_mark);
    at += redacted_mark.size() - length;
  }
  const auto length = cut_length(text, secret);
  if (length >= shortest_prefix) text.replace(text.size() - length, length, redacted_mark);
}

using Escape = std::string (*)(char byte);

std::string html_escape(char byte) {
  constexpr std::array<std::pair<char, std::string_view>, 5> entities = {
      {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};
  for (const auto& [character, entity] : entities) {
    if (byte == character) return std::string(entity);
  }
  return {byte};
}

std::string hexadecimal_html_escape(char byte) {
  if (byte == '"') return "&#34;";
  return byte == '\'' ? "&#x27;" : html_escape(byte);
}

std::string json_escape(char byte) {
  return byte == '"' || byte == '\\' ? std::string("\\") + byte : std::string(1, byte);
}

// As PHP does.
std::string slashed_json_escape(char byte) {
  return byte == '/' ? "\\/" : json_escape(byte);
}

std::string url_escape(char byte) {
  constexpr std::string_view unreserved = "-._~";
  const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || unreserved.contains(byte);
  return plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
}

// As forms do.
std::string form_escape(char byte) {
  return byte == ' ' ? "+" : url_escape(byte);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
  });
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// The value of each pair of a Cookie field (RFC 6265, section 4.2.1), without its quotes.
void add_cookies(std::vector<std::string>& secrets, std::string_view cookies) {
  while (!cookies.empty()) {
    const auto end = std::min(cookies.find(';'), cookies.size());
    auto value = trimmed(cookie_value(cookies.substr(0, end)));
    if (value.size() > 1 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    add_secret(secrets, value);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
  }
}

// The password of "Basic" credentials (RFC 7617, section 2).
void add_basic_password(std::vector<std::string>& secrets, std::string_view value) {
  constexpr std::string_view scheme = "basic ";
  if (!net::equals_ignoring_case(value.substr(0, scheme.size()), scheme)) return;
  const auto pair = from_base64(trimmed(value.substr(scheme.size())));
  if (!pair) return;
  const auto colon = pair->find(':');
  if (colon != std::string::npos) add_secret(secrets, std::string_view(*pair).substr(colon + 1));
}

// One line of the head, its line end left out.
std::string redact_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return std::string(line);
  const auto name = line.substr(0, colon);
  const auto with_mark = [line](std::size_t kept) {
    return std::string(line.substr(0, kept)) + std::string(redacted_mark);
  };
  if (names_secret(name)) return with_mark(colon + 1).insert(colon + 1, " ");
  const bool is_link = net::equals_ignoring_case(name, "location") ||
                       net::equals_ignoring_case(name, "content-location") ||
                       net::equals_ignoring_case(name, "refresh");
  const auto query = line.find('?', colon);
  if (is_link && query != std::string_view::npos) return with_mark(query + 1);
  return std::string(line);
}

}  // namespace

bool names_secret(std::string_view name) {
  constexpr std::array<std::string_view, 12> parts = {
      "cookie", "authorization", "token",   "secret",     "api-key",   "api_key",
      "apikey", "password",      "session", "credential", "signature", "private_key",
  };
  const auto lowered = lower(name);
  return std::ranges::any_of(parts,
                             [&lowered](std::string_view part) { return lowered.contains(part); });
}

std::vector<std::string> secrets_of(const config::Route& route) {
  std::vector<std::string> secrets;
  for (const auto& header : route.headers) {
    if (is_harmless_header(header.name) || net::equals_ignoring_case(header.name, "host")) continue;
    const std::string_view value = header.value.reveal();
    add_secret(secrets, value);
    // The token of "Bearer TOKEN", the value of "name=value".
    const auto mark = value.find_first_of(" =");
    if (mark != std::string_view::npos) add_secret(secrets, value.substr(mark + 1));
    if (net::equals_ignoring_case(header.name, "cookie")) add_cookies(secrets, value);
    add_basic_password(secrets, value);
  }
  return secrets;
}

void add_secret(std::vector<std::string>& secrets, std::string_view secret) {
  if (secret.size() < shortest_secret) return;
  constexpr std::array<Escape, 6> escapes = {html_escape, hexadecimal_html_escape,
                                             json_escape, slashed_json_escape,
                                             url_escape,  form_escape};
  const auto first = static_cast<std::ptrdiff_t>(secrets.size());
  secrets.emplace_back(secret);
  for (const auto escape : escapes) {
    std::string form;
    for (const char byte : secret) form += escape(byte);
    if (std::find(secrets.begin() + first, secrets.end(), form) == secrets.end()) {
      secrets.push_back(std::move(form));
    }
  }
}

std::string_view cookie_value(std::string_view set_cookie) {
  const auto pair = set_cookie.substr(0, set_cookie.find(';'));
  const auto equals = pair.find('=');
  return equals == std::string_view::npos ? pair : pair.substr(equals + 1);
}

std::string hide_secrets(std::string text, const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets) {
    replace_all(text, secret);
    replace_cut(text, secret);
  }
  return text;
}

std::string redact_head(std::string_view raw_head) {
  std::string result;
  bool hiding = false;
  while (!raw_head.empty()) {
    const auto end = std::min(raw_head.find('\n'), raw_head.size());
    auto line = raw_head.substr(0, end);
    const bool has_return = line.ends_with('\r');
    if (has_return) line.remove_suffix(1);
    const bool continues = line.starts_with(' ') || line.starts_with('\t');
    const auto shown = redact_line(line);
    if (!continues) hiding = shown != line;
    if (!continues || !hiding) {
      result += shown;
      if (has_return) result += '\r';
      if (end < raw_head.size()) result += '\n';
    }
    raw_head.remove_prefix(std::min(end + 1, raw_head.size()));
  }
  return result;
}

}  // namespace gatewatch
