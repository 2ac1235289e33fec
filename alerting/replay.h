// Gives an incident desk back what it knew before a restart: its incidents, and of each route the
// results that its rules look at and no more, so that a start takes time by the windows and not by
// the size of the store.

#pragma once

#include <expected>
#include <string>
#include <vector>

#include "alerting/incident_desk.h"
#include "config/config.h"
#include "config/error.h"
#include "storage/store.h"

namespace gatewatch::alerting {

// Before anything else that the desk is asked. `config` is that of the desk. Returns the ids of the
// routes in doubt: their newest result failed (own faults apart), and no rule fires for them yet.
// What would have settled it, the confirmations, the restart has cut off.
[[nodiscard]] std::expected<std::vector<std::string>, Error> replay(IncidentDesk& desk,
                                                                    const config::Config& config,
                                                                    storage::Store& store,
                                                                    Timestamp now);

// What the outbox begins with: what was delivered or given up of the incidents that are open, and
// what waits.
[[nodiscard]] std::expected<std::vector<storage::DeliveryRecord>, Error> deliveries_to_resume(
    storage::Store& store);

}  // namespace gatewatch::alerting
