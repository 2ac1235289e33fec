#include "daemon/commands/asking.h"

#include <cstdio>
#include <pwd.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

namespace gatewatch::daemon {

std::optional<DaemonClient> open_client(const DaemonOptions& options) {
  auto client = DaemonClient::open(options.config_file, config::process_environment());
  if (client) return *std::move(client);
  for (const auto& line : client.error()) fmt::print(stderr, "{}\n", line);
  return std::nullopt;
}

int show_answer(const std::string& command, const DaemonOptions& options, const Ask& ask,
                const std::function<std::string(const nlohmann::json&)>& text) {
  const auto client = open_client(options);
  if (!client) return exit_usage;
  const auto answer = ask(*client);
  if (!answer) {
    fmt::print(stderr, "gatewatch {}: {}\n", command, answer.error().message);
    return exit_failed;
  }
  fmt::print("{}", options.json ? answer->body.dump() + "\n" : text(answer->body));
  return exit_fine;
}

std::string user_name() {
  if (const auto caller = config::process_environment()("SUDO_USER"); caller && !caller->empty()) {
    return *caller;
  }
  const auto* const entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::string() : entry->pw_name;
}

}  // namespace gatewatch::daemon
