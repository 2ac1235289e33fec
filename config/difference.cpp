#include "config/difference.h"

namespace gatewatch::config {
namespace {

void compare_routes(const Config& before, const Config& now, Difference& difference) {
  auto old_route = before.routes.begin();
  auto new_route = now.routes.begin();
  while (old_route != before.routes.end() || new_route != now.routes.end()) {
    // Both are sorted by id: the smaller one has no counterpart.
    const int order = old_route == before.routes.end() ? 1
                      : new_route == now.routes.end()  ? -1
                                                       : old_route->id().compare(new_route->id());
    if (order < 0) {
      difference.removed.push_back((old_route++)->id());
    } else if (order > 0) {
      difference.added.push_back(&*new_route++);
    } else {
      if (*old_route != *new_route) difference.changed.push_back(&*new_route);
      ++old_route;
      ++new_route;
    }
  }
}

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
  compare_routes(before, now, difference);
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
