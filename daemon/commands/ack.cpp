// `gatewatch ack`: somebody takes care of an incident.

#include <fmt/format.h>

#include "daemon/commands/asking.h"
#include "daemon/commands/command.h"

namespace gatewatch::daemon {

int ack_command(const AckOptions& options) {
  const auto by = options.by.value_or(user_name());
  nlohmann::json acknowledgement = {{"by", by}};
  if (!options.comment.empty()) acknowledgement["comment"] = options.comment;
  const auto target = fmt::format("/api/v1/incidents/{}/acknowledge", options.incident);
  return show_answer(
      "ack", options.daemon,
      [&](const DaemonClient& client) { return client.post(target, acknowledgement); },
      [&](const nlohmann::json& /*incident*/) {
        return fmt::format("incident {} acknowledged by {}\n", options.incident, by);
      });
}

}  // namespace gatewatch::daemon
