#include "config/syntax.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <re2/re2.h>

#include "config/international_name.h"
#include "config/url.h"

namespace gatewatch::config {
namespace {

constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_mail_address = 254;
constexpr std::size_t longest_local_part = 64;

bool is_control(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte < 0x20 || byte == 0x7f;
}

bool is_alphanumeric(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z');
}

bool is_one_of(char character, std::string_view characters) {
  return characters.find(character) != std::string_view::npos;
}

// Embeddings, overrides and isolates of Unicode's bidirectional algorithm, U+202A to U+202E and
// U+2066 to U+2069: a name with one shows itself, and the rest of its line, in another order.
bool holds_bidi_control(std::string_view text) {
  for (std::size_t at = 0; at + 2 < text.size(); ++at) {
    if (text[at] != '\xe2') continue;
    const auto middle = text[at + 1];
    const auto last = static_cast<unsigned char>(text[at + 2]);
    if (middle == '\x80' && last >= 0xaa && last <= 0xae) return true;
    if (middle == '\x81' && last >= 0xa6 && last <= 0xa9) return true;
  }
  return false;
}

bool is_dot_atom(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (auto& character : result) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return result;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char character) {
    return is_alphanumeric(character) || is_one_of(character, "!#$%&'*+-.^_`|~");
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(
      text, [](char character) { return is_control(character) && character != '\t'; });
}

bool is_credential_header(std::string_view name) {
  constexpr std::array<std::string_view, 6> credentials = {
      "authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token"};
  return std::ranges::find(credentials, lower_case(name)) != credentials.end();
}

std::optional<Error> check_name(std::string_view name) {
  if (name.empty()) return Error{"is empty"};
  if (name.size() > longest_name) {
    return Error{fmt::format("has {} bytes, more than {}", name.size(), longest_name)};
  }
  if (std::ranges::any_of(name, is_control)) return Error{"holds a control byte"};
  if (holds_bidi_control(name)) {
    return Error{"holds a control of text direction, which would show it as another name"};
  }
  if (std::ranges::any_of(name, [](char character) { return is_one_of(character, "/*?"); })) {
    return Error{"holds one of / * ?, which mean something in \"group/name\" and in globs"};
  }
  if (name.front() == ' ' || name.back() == ' ') return Error{"begins or ends with a blank"};
  if (name == "." || name == "..") return Error{"is a dot segment, which no link can hold"};
  return std::nullopt;
}

std::expected<std::string, Error> parse_host(std::string_view text) {
  auto host = ascii_host_name(text);
  if (!host) return host;
  const bool alone =
      std::ranges::none_of(*host, [](char character) { return is_one_of(character, "/?#@:[]"); });
  if (alone && Url::parse(fmt::format("http://{}/", *host))) return host;
  return std::unexpected(
      Error{fmt::format("\"{}\" is no host name; leave out scheme and port", text)});
}

bool is_mail_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || text.size() > longest_mail_address) return false;
  const auto local = text.substr(0, at);
  const auto domain = text.substr(at + 1);
  return local.size() <= longest_local_part && is_dot_atom(local) && is_dot_atom(domain) &&
         std::ranges::all_of(local,
                             [](char character) {
                               return is_alphanumeric(character) ||
                                      is_one_of(character, "!#$%&'*+-/=?^_`{|}~.");
                             }) &&
         std::ranges::all_of(domain,
                             [](char character) {
                               return is_alphanumeric(character) || is_one_of(character, "-.");
                             }) &&
         domain.front() != '-' && parse_host(domain).has_value();
}

std::optional<std::string> parse_mail_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto domain = ascii_host_name(text.substr(at + 1));
  if (!domain) return std::nullopt;
  auto address = fmt::format("{}@{}", text.substr(0, at), *domain);
  return is_mail_address(address) ? std::optional(std::move(address)) : std::nullopt;
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '~') continue;
    if (index + 1 == text.size() || !is_one_of(text[index + 1], "01")) return false;
  }
  return true;
}

bool is_proxy(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return false;
  const auto scheme = text.substr(0, scheme_end);
  if (scheme != "http" && scheme != "socks5") return false;
  auto server = text.substr(scheme_end + 3);
  if (const auto at = server.rfind('@'); at != std::string_view::npos) {
    if (!is_field_value(server.substr(0, at))) return false;
    server.remove_prefix(at + 1);
  }
  if (server.ends_with('/')) server.remove_suffix(1);
  const auto url = Url::parse(fmt::format("http://{}/", server));
  const auto port = url ? fmt::format(":{}", url->port) : std::string();
  return url && url->request_target() == "/" && server.ends_with(port);
}

std::optional<Error> check_pattern(const std::string& pattern) {
  const RE2 compiled(pattern, RE2::Quiet);
  if (compiled.ok()) return std::nullopt;
  return Error{compiled.error()};
}

}  // namespace gatewatch::config
