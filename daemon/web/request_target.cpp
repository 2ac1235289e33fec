#include "daemon/web/request_target.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "probes/text.h"

namespace gatewatch::daemon::web {
namespace {

constexpr std::size_t max_parameters = 32;

std::optional<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + digits.size()) {
      return std::nullopt;
    }
    decoded += static_cast<char>(value);
    i += 2;
  }
  return clean_utf8(decoded) == decoded ? std::optional(decoded) : std::nullopt;
}

std::expected<std::map<std::string, std::string>, Error> parse_query(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) {
      continue;
    }
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const auto name = decode(pair.substr(0, equals));
    const auto value = decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value) {
      return std::unexpected(Error{"The query is not percent-encoded UTF-8 text."});
    }
    if (!query.emplace(*name, *value).second) {
      return std::unexpected(Error{"The query names " + quote(*name) + " twice."});
    }
    if (query.size() > max_parameters) {
      return std::unexpected(Error{"The query has too many parameters."});
    }
  }
  return query;
}

}  // namespace

std::expected<RequestTarget, Error> parse_request_target(std::string_view target) {
  RequestTarget parsed;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.starts_with(scheme)) {
      target.remove_prefix(scheme.size());
      const std::size_t end = std::min(target.find_first_of("/?"), target.size());
      parsed.authority = target.substr(0, end);
      target.remove_prefix(end);
      if (parsed.authority.empty()) {
        return std::unexpected(Error{"The target has no host."});
      }
    }
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  parsed.path = question == 0 ? "/" : target.substr(0, question);
  auto query = parse_query(target.substr(std::min(question + 1, target.size())));
  if (!query) {
    return std::unexpected(query.error());
  }
  parsed.query = *std::move(query);
  return parsed;
}

}  // namespace gatewatch::daemon::web
