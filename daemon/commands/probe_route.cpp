#include "daemon/commands/probe_route.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "config/load.h"
#include "config/nearest_key.h"
#include "daemon/commands/toml_string.h"
#include "probes/text.h"

namespace gatewatch::daemon {
namespace {

// `headers = { "Name" = "value" }`.
std::expected<std::string, UsageMistakes> headers_line(const std::vector<std::string>& headers) {
  std::string line;
  UsageMistakes mistakes;
  std::set<std::string> seen;  // TOML knows a key once; the reader regards case too
  for (const auto& header : headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos || colon == 0) {
      mistakes.emplace_back("a header is written as \"Name: value\"");
      continue;
    }
    const auto name = header.substr(0, colon);
    if (!seen.insert(name).second) {
      mistakes.push_back(fmt::format("the header {} is given twice", name));
      continue;
    }
    const auto begin = std::min(header.find_first_not_of(" \t", colon + 1), header.size());
    line += fmt::format("{}{} = {}", line.empty() ? "" : ", ", toml_string(name),
                        toml_string(header.substr(begin)));
  }
  if (!mistakes.empty()) return std::unexpected(std::move(mistakes));
  return fmt::format("headers = {{ {} }}\n", line);
}

std::string list_line(const std::string& key, const std::vector<std::string>& texts) {
  std::string elements;
  for (const auto& text : texts) elements += toml_string(text) + ", ";
  return fmt::format("{} = [{}]\n", key, elements);
}

// The longest interval that there is: it bounds the timeout, and nothing else looks at it.
std::expected<std::string, UsageMistakes> configuration(const std::string& url,
                                                        const ProbeOptions& options) {
  auto text =
      fmt::format("[[route]]\nname = \"probe\"\ninterval = \"366d\"\nurl = {}\n", toml_string(url));
  for (const auto& [key, value] : options.texts) {
    if (value) text += fmt::format("{} = {}\n", key, toml_string(*value));
  }
  for (const auto& [key, values] : options.lists) {
    if (!values.empty()) text += list_line(key, values);
  }
  if (options.redirects) text += fmt::format("redirects = {}\n", *options.redirects);
  if (options.insecure) text += "tls.verify = false\n";
  if (options.key_file) {
    text += fmt::format("tls.key = {{ file = {} }}\n", toml_string(*options.key_file));
  }
  if (options.headers.empty()) return text;
  auto headers = headers_line(options.headers);
  if (!headers) return headers;
  return text + *headers;
}

// The argument as it was written, without what may be a secret of it.
std::string named(std::string url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
  const auto at = url.rfind('@');
  if (at != std::string::npos && at > begin) url.replace(begin, at - begin, "…");
  return quote(url.substr(0, url.find('?')));
}

// The argument stands in for the key, which nobody has written.
std::string about(const std::string& url, std::string message) {
  constexpr std::string_view key = "url: ";
  if (message.starts_with(key)) message.replace(0, key.size(), named(url) + ": ");
  return message;
}

}  // namespace

std::expected<config::Route, UsageMistakes> route_of_options(const std::string& url,
                                                             const ProbeOptions& options) {
  const auto text = configuration(url, options);
  if (!text) return std::unexpected(text.error());
  auto loaded = config::load_text(*text, "options", config::process_environment());
  if (!loaded) {
    UsageMistakes mistakes;
    for (auto& mistake : loaded.error()) mistakes.push_back(about(url, std::move(mistake.message)));
    return std::unexpected(std::move(mistakes));
  }
  auto route = std::move(loaded->routes.front());
  route.name = route.url.text_without_query();
  return route;
}

std::expected<std::vector<config::Route>, UsageMistakes> routes_of_config(
    const config::Config& config, const std::vector<std::string>& ids) {
  std::vector<config::Route> routes;
  UsageMistakes mistakes;
  std::vector<std::string> known;
  for (const auto& route : config.routes) known.push_back(route.id());
  for (const auto& id : ids) {
    const auto found = std::ranges::find(config.routes, id, &config::Route::id);
    if (found != config.routes.end()) {
      routes.push_back(*found);
    } else {
      mistakes.push_back(
          fmt::format("there is no route \"{}\"{}", id, config::suggestion(id, known)));
    }
  }
  if (!mistakes.empty()) return std::unexpected(std::move(mistakes));
  return routes;
}

}  // namespace gatewatch::daemon
