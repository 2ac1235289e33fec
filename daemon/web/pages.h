// The pages that notifications and people's bookmarks link to, as plain HTML without style or
// script: the strictest policy that a browser knows holds for them. All text is escaped.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "daemon/web/web_message.h"
#include "storage/records.h"

namespace gatewatch::daemon::web {

[[nodiscard]] WebResponse index_page(const config::Config& config,
                                     const std::vector<storage::IncidentHistory>& open_incidents);
// `config`: for the URLs and runbooks of its routes.
[[nodiscard]] WebResponse incident_page(const config::Config& config,
                                        const storage::IncidentHistory& history);

// Cleaned and escaped for text and for attributes in double quotes.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace gatewatch::daemon::web
