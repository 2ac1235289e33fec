// Rollups as JSON: those of one route step by step, and the days of many routes. Bounded in number
// by the query and, of many routes, in bytes by us.

#pragma once

#include "daemon/web/web_message.h"
#include "storage/store.h"

namespace gatewatch::daemon::web {

// {"rollups": [{"begin": …, "region": …, "results": …, …}]}, oldest first. Of the reader's thread.
[[nodiscard]] WebResponse rollups_page(storage::Store& store, const storage::RollupQuery& query);

// {"from": DAY, "next": …, "routes": [{"route": …, "region": …, …, "days": […]}]}: of each route
// and region what all the days come to, and the uptime of each day, from 0 to 1, null where it is
// not known. A page ends after a route; `next` is then the `after` of the page that follows.
[[nodiscard]] WebResponse uptime_page(storage::Store& store, const storage::HistoryQuery& query);

}  // namespace gatewatch::daemon::web
