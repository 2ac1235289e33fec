// From a request to its handler: whether the name is ours, the path exists, the method fits and the
// client may, in this order. The only way to a handler.

#pragma once

#include "daemon/web/api.h"
#include "daemon/web/web_message.h"
#include "probes/net/http_message.h"

namespace gatewatch::daemon::web {

// `request`: complete and well formed. The configuration is the API's current one.
void answer_request(Api& api, net::Request request, const WebReply& reply);

}  // namespace gatewatch::daemon::web
