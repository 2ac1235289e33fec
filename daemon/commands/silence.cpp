// `gatewatch silence`: makes, lists and ends what holds notifications back.

#include <cstdio>

#include <fmt/format.h>

#include "daemon/commands/asking.h"
#include "daemon/commands/command.h"
#include "daemon/commands/silence_lines.h"

namespace gatewatch::daemon {

int silence_add_command(const SilenceAddOptions& options) {
  nlohmann::json silence = {{"duration", options.duration}};
  const auto add = [&silence](const char* name, const auto& value) {
    if (!value.empty()) silence[name] = value;
  };
  add("routes", options.routes);
  add("rules", options.rules);
  add("regions", options.regions);
  add("starts", options.starts);
  add("comment", options.comment);
  add("author", options.author.value_or(user_name()));
  for (const auto& tag : options.tags) {
    const auto equals = tag.find('=');
    if (equals == std::string::npos || equals == 0) {
      fmt::print(stderr, "gatewatch silence: \"{}\" is no tag: write KEY=VALUE\n", tag);
      return exit_usage;
    }
    silence["tags"][tag.substr(0, equals)] = tag.substr(equals + 1);
  }
  return show_answer(
      "silence", options.daemon,
      [&](const DaemonClient& client) { return client.post("/api/v1/silences", silence); },
      &made_silence_lines);
}

int silence_list_command(const SilenceListOptions& options) {
  return show_answer(
      "silence", options.daemon,
      [](const DaemonClient& client) { return client.get("/api/v1/silences"); },
      [&](const nlohmann::json& answer) { return silence_lines(answer, options.all); });
}

int silence_end_command(const SilenceEndOptions& options) {
  const auto target = fmt::format("/api/v1/silences/{}/end", options.silence);
  return show_answer(
      "silence", options.daemon,
      [&](const DaemonClient& client) { return client.post(target, nlohmann::json::object()); },
      [&](const nlohmann::json& /*silence*/) {
        return fmt::format("silence {} ended\n", options.silence);
      });
}

}  // namespace gatewatch::daemon
