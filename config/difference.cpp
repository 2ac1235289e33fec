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

}  // namespace

Difference difference(const Config& before, const Config& now) {
  Difference difference;
  compare_routes(before, now, difference);
  const auto needs_restart = [&difference](const char* key, bool same) {
    if (!same) difference.needs_restart.emplace_back(key);
  };
  const auto& old_daemon = before.daemon;
  const auto& new_daemon = now.daemon;
  // Sockets, threads, the store and the region's name are made once, at the start.
  needs_restart("daemon.listen", old_daemon.listen == new_daemon.listen);
  needs_restart("daemon.tls", old_daemon.tls == new_daemon.tls);
  needs_restart("daemon.data", old_daemon.data == new_daemon.data);
  needs_restart("daemon.region", old_daemon.region == new_daemon.region);
  needs_restart("daemon.probe_threads", old_daemon.probe_threads == new_daemon.probe_threads);
  needs_restart("daemon.probes_in_flight",
                old_daemon.probes_in_flight == new_daemon.probes_in_flight);
  return difference;
}

}  // namespace gatewatch::config
