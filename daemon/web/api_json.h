// The API's values as JSON, in one form each. Text that came from a server is cleaned, URLs are
// shown without their query, and no secret of the configuration is in any of it.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "config/config.h"
#include "daemon/web/api_sources.h"
#include "daemon/web/web_message.h"
#include "probes/result.h"
#include "storage/records.h"

namespace gatewatch::daemon::web {

[[nodiscard]] nlohmann::json route_json(const config::Route& route,
                                        const std::vector<Result>& last_results,
                                        std::optional<Timestamp> next_due);
[[nodiscard]] nlohmann::json incident_json(const storage::IncidentHistory& history);
[[nodiscard]] nlohmann::json change_json(const storage::ChangeRecord& change);
// "state": "pending", "active" or "over". Times that are not given are null.
[[nodiscard]] nlohmann::json silence_json(const storage::SilenceRecord& silence, Timestamp now);
[[nodiscard]] nlohmann::json silence_json(const config::Silence& silence, Timestamp now);
// With the window in force, else the next one; both times null where none comes any more.
[[nodiscard]] nlohmann::json maintenance_json(const config::Maintenance& maintenance,
                                              Timestamp now);
[[nodiscard]] nlohmann::json region_json(const RegionReport& region);
// {"ok": …, "checks": […]}
[[nodiscard]] nlohmann::json health_json(const std::vector<HealthCheck>& checks, bool is_ok);

[[nodiscard]] WebResponse json_response(const nlohmann::json& body, int status = 200);

}  // namespace gatewatch::daemon::web
