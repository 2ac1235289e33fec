#include "daemon/web/web_application.h"

#include <optional>
#include <utility>

#include "daemon/web/host_policy.h"
#include "daemon/web/request_target.h"
#include "daemon/web/routes.h"

namespace gatewatch::daemon::web {
namespace {

WebResponse refusal(AccessVerdict verdict) {
  switch (verdict) {
    case AccessVerdict::Granted:
      break;
    case AccessVerdict::WrongToken: {
      WebResponse response = error_response(
          401, "Send the token of the configuration as Authorization: Bearer TOKEN.");
      response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"gatewatch\"");
      return response;
    }
    case AccessVerdict::NoToken:
      return error_response(403, "Set daemon.token in the configuration to allow this.");
    case AccessVerdict::ForeignOrigin:
      return error_response(403, "Pages of other sites may not do this.");
    case AccessVerdict::NotJson:
      return error_response(415, "Send Content-Type: application/json.");
  }
  return error_response(500, "No verdict.");
}

// Why the request may not be answered, whatever its path is.
std::optional<WebResponse> misdirection(const net::Request& request, const RequestTarget& target,
                                        const config::Daemon& daemon) {
  const bool is_own =
      is_own_host(request.headers.get("Host"), daemon.listen, daemon.hosts) &&
      (target.authority.empty() || is_own_host(target.authority, daemon.listen, daemon.hosts));
  if (is_own) {
    return std::nullopt;
  }
  return error_response(421, "This Host is not ours; daemon.hosts names further ones.");
}

}  // namespace

void answer_request(Api& api, net::Request request, const WebReply& reply) {
  const auto config = api.current_config();
  auto target = parse_request_target(request.target);
  if (auto refused = misdirection(request, target ? *target : RequestTarget{}, config->daemon)) {
    return reply(*std::move(refused));
  }
  if (!target) {
    return reply(error_response(400, target.error().message));
  }
  const RouteMatch match = match_route(request.method, target->path);
  if (match.allow.empty()) {
    return reply(error_response(404, "There is no such path."));
  }
  if (match.route == nullptr) {
    WebResponse response = error_response(405, "This path knows only " + match.allow + ".");
    response.headers.emplace_back("Allow", match.allow);
    return reply(std::move(response));
  }
  const AccessVerdict verdict = judge_access(match.route->access, request.headers, config->daemon);
  if (verdict != AccessVerdict::Granted) {
    return reply(refusal(verdict));
  }
  const WebRequest asked{.method = std::move(request.method),
                         .path = std::move(target->path),
                         .id = match.id,
                         .query = std::move(target->query),
                         .headers = std::move(request.headers),
                         .body = std::move(request.body)};
  (api.*match.route->handler)(asked, reply);
}

}  // namespace gatewatch::daemon::web
