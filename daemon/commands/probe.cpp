// `gatewatch probe URL…`: one probe each, shown as a waterfall, exiting like a monitoring plugin.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "daemon/commands/command.h"
#include "daemon/commands/waterfall.h"
#include "daemon/version.h"
#include "probes/http_probe.h"
#include "probes/net/uv_network.h"
#include "probes/result_json.h"

namespace gatewatch::daemon {
namespace {

constexpr int exit_unknown = 3;

std::expected<config::Header, Error> parse_header(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon == 0) {
    return std::unexpected(Error{"a header is written as \"Name: value\""});
  }
  const auto value = text.find_first_not_of(" \t", colon + 1);
  const auto plain = value == std::string::npos ? std::string() : text.substr(value);
  if (text.find_first_of("\r\n") != std::string::npos) {
    return std::unexpected(Error{"a header holds no line break"});
  }
  return config::Header{text.substr(0, colon), config::Secret(plain)};
}

std::expected<config::Route, Error> route_of(const std::string& text, const ProbeOptions& options) {
  config::Route route;
  auto url = Url::parse(text);
  if (!url) return std::unexpected(url.error());
  const auto timeout = config::parse_duration(options.timeout);
  if (!timeout) return std::unexpected(timeout.error());
  for (const auto& header : options.headers) {
    auto parsed = parse_header(header);
    if (!parsed) return std::unexpected(parsed.error());
    route.headers.push_back(std::move(*parsed));
  }
  route.url = std::move(*url);
  route.name = route.url.text_without_query();
  route.method = options.method;
  route.timeout = *timeout;
  route.redirects = options.redirects;
  route.tls.verify = !options.insecure;
  route.expect.status.add(200, options.redirects == 0 ? 399 : 299);
  return route;
}

// Worst first: critical, unknown, warning, ok.
int worse(int left, int right) {
  constexpr int rank[] = {0, 1, 3, 2};
  return rank[left] >= rank[right] ? left : right;
}

}  // namespace

int probe_command(const ProbeOptions& options) {
  TargetFactory factory;
  std::vector<std::shared_ptr<const Target>> targets;
  for (const auto& url : options.urls) {
    auto route = route_of(url, options);
    auto target = route ? factory.create(*route) : std::unexpected(route.error());
    if (!target) {
      fmt::print(stderr, "gatewatch probe: {}\n", target.error().message);
      return exit_unknown;
    }
    targets.push_back(std::move(*target));
  }
  auto network = net::UvNetwork::create();
  if (!network) {
    fmt::print(stderr, "gatewatch probe: {}\n", network.error().message);
    return exit_unknown;
  }
  const auto identity =
      std::make_shared<const ProbeIdentity>("local", user_agent(), TargetPolicy::standard());
  std::vector<Result> results(targets.size());
  std::vector<std::unique_ptr<Probe>> probes;
  std::size_t left = targets.size();
  for (std::size_t index = 0; index < targets.size(); ++index) {
    probes.push_back(make_http_probe(**network, identity, targets[index], ProbeKind::Manual, 0));
    probes.back()->start([&, index](Result result) {
      results[index] = std::move(result);
      if (--left == 0) (*network)->stop();
    });
  }
  (*network)->run();
  probes.clear();
  (void)(*network)->close();

  int exit_code = exit_fine;
  for (const auto& result : results) {
    exit_code = worse(exit_code, plugin_exit_code(result));
    if (options.json) {
      fmt::print("{}\n", to_json(result).dump());
    } else {
      fmt::print("{}\n{}", plugin_line(result), waterfall(result));
    }
  }
  return exit_code;
}

}  // namespace gatewatch::daemon
