// `gatewatch status`: how everything is, on one screen, exiting like a monitoring plugin.

#include <cstdio>

#include <fmt/core.h>

#include "daemon/commands/asking.h"
#include "daemon/commands/command.h"
#include "daemon/commands/status_report.h"
#include "probes/net/uv_network.h"

namespace gatewatch::daemon {
namespace {

std::expected<StatusAnswers, Error> ask_everything(const DaemonClient& client) {
  StatusAnswers answers{.address = client.address()};
  struct Question {
    const char* target;
    const char* member;
    nlohmann::json StatusAnswers::* into;
  };
  for (const auto& [target, member, into] :
       {Question{"/readyz", "checks", &StatusAnswers::checks},
        Question{"/api/v1/regions", "regions", &StatusAnswers::regions},
        Question{"/api/v1/routes", "routes", &StatusAnswers::routes},
        Question{"/api/v1/incidents?open=true&limit=1000", "incidents",
                 &StatusAnswers::incidents}}) {
    auto answer = client.get(target);
    if (!answer) return std::unexpected(answer.error());
    answers.*into = answer->body.value(member, nlohmann::json::array());
  }
  return answers;
}

}  // namespace

int status_command(const DaemonOptions& options) {
  const auto client = open_client(options);
  if (!client) return exit_unknown;
  const auto answers = ask_everything(*client);
  if (!answers) {
    fmt::print(stderr, "gatewatch status: {}\n", answers.error().message);
    return exit_unknown;
  }
  try {
    fmt::print("{}", options.json ? status_json(*answers).dump() + "\n"
                                  : status_text(*answers, net::SystemClock().wall_now()));
    return status_exit_code(*answers);
  } catch (const nlohmann::json::exception&) {
    fmt::print(stderr,
               "gatewatch status: what answers on {} speaks of other things than this "
               "version of gatewatch\n",
               client->address());
    return exit_unknown;
  }
}

}  // namespace gatewatch::daemon
