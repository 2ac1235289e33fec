// Brings the API's questions to the reader's thread and their answers back to the loop.

#pragma once

#include "daemon/loop_mailbox.h"
#include "daemon/web/api_sources.h"
#include "storage/reader.h"

namespace gatewatch::daemon::web {

// For ApiSources::ask. Both must outlive what it returns; `mailbox` must outlive `reader`. An
// answer that the mailbox has no room for is lost: the server then answers its client by itself.
[[nodiscard]] decltype(ApiSources::ask) ask_through(storage::Reader& reader, LoopMailbox& mailbox);

}  // namespace gatewatch::daemon::web
