#include "daemon/web/routes.h"

#include <array>
#include <charconv>
#include <optional>

#include "daemon/web/api.h"

namespace gatewatch::daemon::web {
namespace {

constexpr std::array routes = {
    WebRoute{"GET", "/", Access::Read, &Api::index},
    WebRoute{"GET", "/incidents/{id}", Access::Read, &Api::incident_page},
    WebRoute{"GET", "/metrics", Access::Read, &Api::metrics},
    WebRoute{"GET", "/healthz", Access::Read, &Api::health},
    WebRoute{"GET", "/readyz", Access::Read, &Api::readiness},
    WebRoute{"GET", "/api/v1/routes", Access::Read, &Api::routes},
    WebRoute{"GET", "/api/v1/results", Access::Read, &Api::results},
    WebRoute{"GET", "/api/v1/evidence", Access::Read, &Api::evidence},
    WebRoute{"GET", "/api/v1/rollups", Access::Read, &Api::rollups},
    WebRoute{"GET", "/api/v1/uptime", Access::Read, &Api::uptime},
    WebRoute{"GET", "/api/v1/incidents", Access::Read, &Api::incidents},
    WebRoute{"GET", "/api/v1/incidents/{id}", Access::Read, &Api::incident},
    WebRoute{"GET", "/api/v1/regions", Access::Read, &Api::regions},
    WebRoute{"GET", "/api/v1/changes", Access::Read, &Api::changes},
    WebRoute{"POST", "/api/v1/changes", Access::Control, &Api::add_change},
    WebRoute{"POST", "/api/v1/incidents/{id}/acknowledge", Access::Control, &Api::acknowledge},
    WebRoute{"GET", "/api/v1/silences", Access::Read, &Api::silences},
    WebRoute{"POST", "/api/v1/silences", Access::Control, &Api::add_silence},
    WebRoute{"POST", "/api/v1/silences/{id}/end", Access::Control, &Api::end_silence},
    WebRoute{"POST", "/-/reload", Access::Control, &Api::reload},
};

constexpr std::string_view id_segment = "{id}";

// The number that stands for {id}, 0 where the path has none; nothing where it does not match.
std::optional<std::int64_t> match_path(std::string_view pattern, std::string_view path) {
  const std::size_t place = pattern.find(id_segment);
  if (place == std::string_view::npos) {
    return pattern == path ? std::optional<std::int64_t>(0) : std::nullopt;
  }
  const std::string_view before = pattern.substr(0, place);
  const std::string_view after = pattern.substr(place + id_segment.size());
  if (path.size() < before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after)) {
    return std::nullopt;
  }
  const std::string_view digits =
      path.substr(before.size(), path.size() - before.size() - after.size());
  std::int64_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size();
  return is_number && id > 0 && !digits.starts_with('0') ? std::optional(id) : std::nullopt;
}

}  // namespace

std::span<const WebRoute> web_routes() noexcept {
  return routes;
}

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  for (const WebRoute& route : routes) {
    const std::optional<std::int64_t> id = match_path(route.path, path);
    if (!id) {
      continue;
    }
    match.allow += match.allow.empty() ? "" : ", ";
    match.allow += route.method == "GET" ? "GET, HEAD" : route.method;
    if (route.method == method || (route.method == "GET" && method == "HEAD")) {
      match.route = &route;
      match.id = *id;
    }
  }
  return match;
}

}  // namespace gatewatch::daemon::web
