// One page of stored results as JSON, {"next": …, "results": […]}, or of those whose evidence is
// kept, {"next": …, "evidence": […]}; newest first: bounded in number
// by the query's limit and in bytes by us, so that nobody's request fills the memory. A page that
// ends before the results do has a `next`, the `before` of the page that follows.

#pragma once

#include <cstddef>

#include "daemon/web/web_message.h"
#include "storage/store.h"

namespace gatewatch::daemon::web {

// A page is full once it holds so much; the slice of results that fills it may take it beyond.
inline constexpr std::size_t full_page_bytes = 2 << 20;

// Of the reader's thread. A page ends where a microsecond ends, so that `next` leaves none out;
// only where more results than the query's limit share one microsecond does it cut through them.
[[nodiscard]] WebResponse results_page(storage::Store& store, storage::ResultQuery query);
[[nodiscard]] WebResponse evidence_page(storage::Store& store, storage::ResultQuery query);

}  // namespace gatewatch::daemon::web
