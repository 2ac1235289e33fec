// `gatewatch incidents`: the newest, one line each.

#include <fmt/format.h>

#include "daemon/commands/asking.h"
#include "daemon/commands/command.h"
#include "daemon/commands/incident_lines.h"
#include "probes/net/uv_network.h"

namespace gatewatch::daemon {

int incidents_command(const IncidentsOptions& options) {
  const auto target = fmt::format("/api/v1/incidents?limit={}{}", options.limit,
                                  options.open_only ? "&open=true" : "");
  return show_answer(
      "incidents", options.daemon, [&](const DaemonClient& client) { return client.get(target); },
      [](const nlohmann::json& body) {
        return incident_lines(body.value("incidents", nlohmann::json::array()),
                              net::SystemClock().wall_now());
      });
}

}  // namespace gatewatch::daemon
