// `gatewatch test-alert`: a sample through a configured channel, once, and what became of it.

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "alerting/delivery/channel.h"
#include "alerting/delivery/curl_sender.h"
#include "alerting/delivery_key.h"
#include "config/load.h"
#include "config/nearest_key.h"
#include "daemon/commands/command.h"
#include "daemon/commands/sample_notification.h"
#include "daemon/log.h"
#include "daemon/version.h"
#include "probes/net/uv_network.h"

namespace gatewatch::daemon {
namespace {

using alerting::SendStatus;

// What became of it, for people.
std::string_view outcome_of(const alerting::SendResult& result) {
  switch (result.status) {
    case SendStatus::Delivered:
      return "delivered";
    case SendStatus::Transient:
      return "not delivered (the daemon would try again)";
    case SendStatus::Permanent:
      break;
  }
  return "refused (the daemon would not try again)";
}

// As the daemon's log would have it.
void print_line(const alerting::LogRequest& request) {
  LogFields fields;
  for (const auto& [key, value] : request.fields) fields.push_back({key, value});
  fmt::print("{}\n", Log::line("notification", fields));
}

bool told(const config::Channel& channel, std::string_view which,
          const alerting::SendResult& result) {
  fmt::print("{} ({}): the {} was {}{}{}\n", channel.name, channel.type_name(), which,
             outcome_of(result), result.error.empty() ? "" : ": ", result.error);
  return result.status == SendStatus::Delivered;
}

// The resolution goes only where the opening came.
bool send_both(net::UvNetwork& network, alerting::Sender& sender, const config::Config& config,
               const config::Channel& channel) {
  const auto& daemon = config.daemon;
  const auto sample =
      sample_notifications(daemon.region, daemon.external_url, network.clock().wall_now());
  bool all_told = true;
  for (const auto& [which, notification] :
       {std::pair("opening", sample.opening), std::pair("resolution", sample.resolution)}) {
    const auto key =
        alerting::delivery_key(notification.incident_key, notification.sequence, channel.name);
    sender.send(alerting::render(channel, notification, key),
                [&, name = which](const alerting::SendResult& result) {
                  all_told = told(channel, name, result);
                  network.stop();
                });
    network.run();
    if (!all_told) return false;
  }
  return true;
}

int give_up(int exit_code, std::string_view why) {
  fmt::print(stderr, "gatewatch test-alert: {}\n", why);
  return exit_code;
}

}  // namespace

int test_alert_command(const TestAlertOptions& options) {
  const auto config = config::load(options.config_file, config::process_environment());
  if (!config) {
    for (const auto& mistake : config.error()) fmt::print(stderr, "{}\n", mistake.text());
    return exit_usage;
  }
  const auto channel = std::ranges::find(config->channels, options.channel, &config::Channel::name);
  if (channel == config->channels.end()) {
    std::vector<std::string> names;
    for (const auto& known : config->channels) names.push_back(known.name);
    return give_up(exit_usage, fmt::format("there is no channel \"{}\"{}", options.channel,
                                           config::suggestion(options.channel, names)));
  }
  auto network = net::UvNetwork::create();
  if (!network) return give_up(exit_failed, network.error().message);
  auto sender = alerting::make_curl_sender(
      **network, {.policy = config->daemon.targets,
                  .user_agent = user_agent(),
                  .log = print_line,
                  .notice = [](const std::string& text) { fmt::print("{}\n", text); }});
  if (!sender) return give_up(exit_failed, sender.error().message);
  const bool delivered = send_both(**network, **sender, *config, *channel);
  sender->reset();
  (void)(*network)->close();
  return delivered ? exit_fine : exit_failed;
}

}  // namespace gatewatch::daemon
