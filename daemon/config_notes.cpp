#include "daemon/config_notes.h"

#include <algorithm>

#include <fmt/format.h>

#include "daemon/counted.h"

namespace gatewatch::daemon {
namespace {

// Keys that are read and checked, for files that are meant for later versions too.
std::vector<std::string> idle_keys(const config::Config& config) {
  std::vector<std::string> keys;
  if (std::ranges::any_of(config.routes, &config::Route::is_public)) {
    keys.emplace_back("public of routes");
  }
  if (!std::ranges::all_of(config.routes, &std::string::empty, &config::Route::origin)) {
    keys.emplace_back("origin of routes");
  }
  return keys;
}

// Whoever reads a message elsewhere cannot follow a link to our own loopback address.
bool links_lead_nowhere(const config::Config& config) {
  const auto& daemon = config.daemon;
  return daemon.external_url.empty() && daemon.listen.unix_path.empty() &&
         daemon.listen.endpoint.address.is_loopback() &&
         std::ranges::any_of(config.channels, [](const config::Channel& channel) {
           return !std::holds_alternative<config::LogChannel>(channel.type);
         });
}

}  // namespace

std::vector<std::string> config_notes(const config::Config& config) {
  std::vector<std::string> notes;
  if (config.routes.empty()) {
    notes.emplace_back("no [[route]] is configured: nothing is watched");
  } else if (config.channels.empty()) {
    notes.emplace_back("no [[channel]] is configured: incidents go to the log and the pages alone");
  }
  if (links_lead_nowhere(config)) {
    notes.push_back(
        fmt::format("links in notifications lead to {}, which nobody else can open: set "
                    "daemon.external_url",
                    config.daemon.listen.endpoint.text()));
  }
  const auto& region = config.daemon.region;
  const auto elsewhere = static_cast<std::size_t>(std::ranges::count_if(
      config.routes, [&region](const auto& route) { return !route.probed_from(region); }));
  if (elsewhere > 0) {
    notes.push_back(fmt::format("{} not probed here: none of the regions given matches \"{}\"",
                                counted(elsewhere, "route"), region));
  }
  for (const auto& key : idle_keys(config)) {
    notes.push_back(key + " has no effect in this version");
  }
  return notes;
}

}  // namespace gatewatch::daemon
