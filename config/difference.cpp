#include "config/difference.h"

namespace gatewatch::config {
namespace {

// Sockets, threads, the store and the region's name are made once, at the start.
template <typename Visit>
void for_each_restart_setting(Visit visit) {
  visit("daemon.listen", &Daemon::listen);
  visit("daemon.tls", &Daemon::tls);
  visit("daemon.data", &Daemon::data);
  visit("daemon.region", &Daemon::region);
  visit("daemon.probe_threads", &Daemon::probe_threads);
  visit("daemon.probes_in_flight", &Daemon::probes_in_flight);
}

}  // namespace

Difference difference(const Config& before, const Config& now) {
  Difference difference;
  auto kept = now.routes.begin();  // both are sorted by id
  for (const auto& route : before.routes) {
    while (kept != now.routes.end() && kept->id() < route.id()) ++kept;
    const bool is_kept = kept != now.routes.end() && kept->id() == route.id();
    if (!is_kept) difference.removed.push_back(route.id());
  }
  for_each_restart_setting([&](const char* key, auto setting) {
    if (before.daemon.*setting != now.daemon.*setting) difference.needs_restart.emplace_back(key);
  });
  return difference;
}

Config without_restart(Config now, const Config& before) {
  for_each_restart_setting(
      [&](const char* /*key*/, auto setting) { now.daemon.*setting = before.daemon.*setting; });
  return now;
}

}  // namespace gatewatch::config
