#include "config/url.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "config/international_name.h"
#include "config/ip_address.h"

namespace gatewatch {
namespace {

constexpr std::size_t longest_url = 8192;
constexpr std::size_t longest_host = 253;
constexpr std::size_t longest_label = 63;

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}
bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}
bool is_hex_digit(char character) {
  return is_digit(character) || (character >= 'a' && character <= 'f') ||
         (character >= 'A' && character <= 'F');
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& character : result) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character + 'a' - 'A');
  }
  return result;
}

// The five components of RFC 3986 (appendix B), the fragment dropped. An absent component differs
// from an empty one.
struct Parts {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
};

std::optional<std::string_view> take_scheme(std::string_view& text) {
  const auto colon = text.find_first_of(":/?");
  if (colon == 0 || colon == std::string_view::npos || text[colon] != ':') return std::nullopt;
  const auto scheme = text.substr(0, colon);
  const bool valid = is_letter(scheme[0]) && std::ranges::all_of(scheme, [](char character) {
                       return is_letter(character) || is_digit(character) || character == '+' ||
                              character == '-' || character == '.';
                     });
  if (!valid) return std::nullopt;
  text.remove_prefix(colon + 1);
  return scheme;
}

Parts split(std::string_view text) {
  text = text.substr(0, text.find('#'));
  Parts parts;
  parts.scheme = take_scheme(text);
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    parts.authority = text.substr(0, text.find_first_of("/?"));
    text.remove_prefix(parts.authority->size());
  }
  const auto question = text.find('?');
  parts.path = text.substr(0, question);
  if (question != std::string_view::npos) parts.query = text.substr(question + 1);
  return parts;
}

std::optional<Error> check_length(std::size_t size) {
  if (size <= longest_url) return std::nullopt;
  return Error{
      fmt::format("the URL has {} bytes, more than the {} that are read", size, longest_url)};
}

std::optional<Error> check_bytes(std::string_view text) {
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte < 0x20 || byte == 0x7f) return Error{"the URL holds a control byte"};
    if (byte == '\\') return Error{"the URL holds a backslash: write / or %5C"};
  }
  return check_length(text.size());
}

// Blanks, what would break out of a quoted text, and bytes that are not ASCII, percent-encoded.
std::string encode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    const bool plain =
        byte < 0x80 && std::string_view(" \"<>`").find(character) == std::string_view::npos;
    if (plain) {
      result += character;
    } else {
      result += fmt::format("%{:02X}", byte);
    }
  }
  return result;
}

// RFC 3986 section 5.2.4, on a path that begins with '/'.
std::string remove_dot_segments(std::string_view path) {
  std::string result;
  while (!path.empty()) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, end - 1);
    const bool last = end == path.size();
    if (segment == "..") {
      result.erase(std::min(result.rfind('/'), result.size()));
    } else if (segment != ".") {
      result += path.substr(0, end);
    }
    if (last && (segment == "." || segment == "..")) result += '/';
    path.remove_prefix(end);
  }
  return result.empty() ? "/" : result;
}

// A last label that inet_aton would read as a number: the whole host then is an IPv4 address or
// nothing (WHATWG URL, "ends in a number").
bool is_numeric(std::string_view label) {
  if (label.starts_with("0x") || label.starts_with("0X")) {
    return std::ranges::all_of(label.substr(2), is_hex_digit);
  }
  return std::ranges::all_of(label, is_digit);
}

std::optional<Error> check_label(std::string_view label, std::string_view host) {
  if (label.empty()) return Error{fmt::format("host \"{}\" has an empty label", host)};
  if (label.size() > longest_label) {
    return Error{
        fmt::format("a label of the host has {} bytes, more than {}", label.size(), longest_label)};
  }
  for (const char character : label) {
    if (!is_letter(character) && !is_digit(character) && character != '-' && character != '_') {
      return Error{fmt::format("host \"{}\" holds '{}', which no host name may", host, character)};
    }
  }
  return std::nullopt;
}

std::expected<std::string, Error> parse_ascii_name(std::string_view host) {
  if (host.empty()) return std::unexpected(Error{"the URL has no host"});
  if (host.size() > longest_host) {
    return std::unexpected(
        Error{fmt::format("the host has {} bytes, more than {}", host.size(), longest_host)});
  }
  auto rest = host;
  while (true) {
    const auto label = rest.substr(0, rest.find('.'));
    if (auto error = check_label(label, host)) return std::unexpected(*error);
    if (label.size() == rest.size()) break;
    rest.remove_prefix(label.size() + 1);
  }
  if (is_numeric(rest) && !IpAddress::parse(host)) {
    return std::unexpected(Error{fmt::format(
        "host \"{}\" is no IPv4 address: write four decimal numbers, like 192.0.2.1", host)});
  }
  return lower(host);
}

// Both what was written and what it comes to in ASCII are checked: fullwidth forms come to dots,
// digits and slashes.
std::optional<Error> set_name(Url& url, std::string_view host) {
  const auto ascii = ascii_host_name(host);
  if (!ascii) return ascii.error();
  auto name = std::string_view(*ascii);
  const bool has_final_dot = name.ends_with('.');
  if (has_final_dot) name.remove_suffix(1);
  auto parsed = parse_ascii_name(name);
  if (!parsed) return parsed.error();
  url.host = *std::move(parsed);
  url.is_absolute = has_final_dot && !IpAddress::parse(url.host);
  url.written_host = *ascii == host ? "" : std::string(host);
  return std::nullopt;
}

std::expected<std::string, Error> parse_bracketed(std::string_view host) {
  const auto address = IpAddress::parse(host);
  if (!address || host.find(':') == std::string_view::npos) {
    return std::unexpected(Error{fmt::format("host \"[{}]\" is no IPv6 address", host)});
  }
  return address->text();
}

std::optional<Error> set_port(Url& url, std::string_view text) {
  url.port = url.is_https() ? 443 : 80;
  if (text.empty()) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), url.port);
  if (error != std::errc{} || end != text.data() + text.size() || url.port == 0) {
    return Error{"the port is not a number from 1 to 65535"};
  }
  return std::nullopt;
}

std::optional<Error> set_authority(Url& url, std::string_view authority) {
  if (authority.find('@') != std::string_view::npos) {
    return Error{
        "the URL holds a user name or password, which logs would show: send them in an "
        "Authorization header"};
  }
  const bool bracketed = authority.starts_with('[');
  const auto closing = bracketed ? authority.find(']') : 0;
  if (closing == std::string_view::npos) return Error{"the host lacks its closing bracket"};
  const auto colon = authority.find(':', closing);
  const auto host = authority.substr(0, colon);
  if (bracketed && host.size() != closing + 1) {
    return Error{"only a port may follow the bracket of a host"};
  }
  url.is_absolute = false;
  url.written_host.clear();
  if (bracketed) {
    auto parsed = parse_bracketed(host.substr(1, host.size() - 2));
    if (!parsed) return parsed.error();
    url.host = *std::move(parsed);
  } else if (auto error = set_name(url, host)) {
    return error;
  }
  const bool has_port = colon != std::string_view::npos;
  return set_port(url, has_port ? authority.substr(colon + 1) : std::string_view());
}

std::optional<Error> set_scheme(Url& url, std::string_view scheme) {
  url.scheme = lower(scheme);
  if (url.scheme == "http" || url.scheme == "https") return std::nullopt;
  return Error{fmt::format("scheme \"{}\" is neither http nor https", scheme)};
}

void set_query(Url& url, std::optional<std::string_view> query) {
  url.has_query = query.has_value();
  url.query = encode(query.value_or(""));
}

// The path of a relative reference in place of the last segment of `base` (section 5.2.3).
std::string merge(std::string_view base, std::string_view path) {
  return std::string(base.substr(0, base.rfind('/') + 1)) + std::string(path);
}

std::expected<Url, Error> make_absolute(const Parts& parts) {
  if (!parts.scheme || !parts.authority) {
    return std::unexpected(
        Error{"the URL does not begin with http:// or https://, followed by a host"});
  }
  Url url;
  if (auto error = set_scheme(url, *parts.scheme)) return std::unexpected(*error);
  if (auto error = set_authority(url, *parts.authority)) return std::unexpected(*error);
  url.path = remove_dot_segments(encode(parts.path));
  set_query(url, parts.query);
  return url;
}

std::expected<Url, Error> make_relative(Url url, const Parts& parts) {
  if (parts.authority) {
    if (auto error = set_authority(url, *parts.authority)) return std::unexpected(*error);
    url.path = remove_dot_segments(encode(parts.path));
  } else if (parts.path.starts_with('/')) {
    url.path = remove_dot_segments(encode(parts.path));
  } else if (!parts.path.empty()) {
    url.path = remove_dot_segments(merge(url.path, encode(parts.path)));
  }
  // An empty reference, or a fragment alone, keeps the query.
  if (parts.authority || !parts.path.empty() || parts.query) set_query(url, parts.query);
  return url;
}

// Merging and encoding may have made it longer than what is read.
std::expected<Url, Error> within_length(std::expected<Url, Error> url) {
  if (!url) return url;
  if (auto error = check_length(url->text().size())) return std::unexpected(*error);
  return url;
}

}  // namespace

std::expected<Url, Error> Url::parse(std::string_view text) {
  if (auto error = check_bytes(text)) return std::unexpected(*error);
  if (text.find(' ') != std::string_view::npos) {
    return std::unexpected(Error{"the URL holds a blank: write %20"});
  }
  return within_length(make_absolute(split(text)));
}

std::expected<Url, Error> Url::resolve(std::string_view reference) const {
  if (auto error = check_bytes(reference)) return std::unexpected(*error);
  const auto parts = split(reference);
  auto url = within_length(parts.scheme ? make_absolute(parts) : make_relative(*this, parts));
  // What a server wrote may look like another name.
  if (url && parts.authority) url->written_host.clear();
  return url;
}

bool Url::has_default_port() const {
  return port == (is_https() ? 443 : 80);
}

std::string Url::dns_name() const {
  return is_absolute ? host + "." : host;
}

std::string Url::authority() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return with_port(is_v6 ? fmt::format("[{}]", host) : dns_name());
}

std::string Url::with_port(std::string text) const {
  if (!has_default_port()) text.append(":").append(std::to_string(port));
  return text;
}

std::string Url::origin() const {
  return scheme + "://" + authority();
}

std::string Url::request_target() const {
  return has_query ? path + "?" + query : path;
}

std::string Url::text() const {
  return origin() + request_target();
}

std::string Url::text_without_query() const {
  const auto shown = written_host.empty() ? authority() : with_port(written_host);
  return scheme + "://" + shown + path;
}

bool operator==(const Url& left, const Url& right) {
  const auto parts = [](const Url& url) {
    return std::tie(url.scheme, url.host, url.is_absolute, url.port, url.path, url.query,
                    url.has_query);
  };
  return parts(left) == parts(right);
}

std::expected<std::string, Error> link_text(std::string_view text) {
  const auto url = Url::parse(text);
  if (!url) return std::unexpected(url.error());
  const auto hash = text.find('#');
  return url->text() + (hash == std::string_view::npos ? "" : encode(text.substr(hash)));
}

}  // namespace gatewatch
