// `gatewatch change`: tells the daemon what somebody changed, like a deployment.

#include <fmt/format.h>

#include "daemon/commands/asking.h"
#include "daemon/commands/command.h"

namespace gatewatch::daemon {

int change_command(const ChangeOptions& options) {
  nlohmann::json change = {{"text", options.text}};
  if (!options.routes.empty()) change["routes"] = options.routes;
  if (!options.link.empty()) change["link"] = options.link;
  if (const auto author = options.author.value_or(user_name()); !author.empty()) {
    change["author"] = author;
  }
  return show_answer(
      "change", options.daemon,
      [&](const DaemonClient& client) { return client.post("/api/v1/changes", change); },
      [](const nlohmann::json& noted) {
        return fmt::format("change {} noted\n", noted.value("id", std::int64_t{0}));
      });
}

}  // namespace gatewatch::daemon
