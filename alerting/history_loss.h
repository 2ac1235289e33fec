// What is told when the database was damaged, or deleted while it was used: an incident of its own.
// Nothing brings back what was lost, so time ends it: soon enough that nobody is called for ever by
// a receiver that waits for an end, late enough for those that gather before they tell.

#pragma once

#include <chrono>
#include <string_view>

#include "alerting/incident.h"
#include "config/config.h"
#include "storage/records.h"

namespace gatewatch::alerting {

inline constexpr std::chrono::hours loss_stands{1};

// What its incident has in place of a gateway.
inline constexpr std::string_view lost_gateway = "database";

// By which it is told: "history-lost", critical, to every channel that any rule names.
[[nodiscard]] config::Rule loss_rule(const config::Config& config);

// One that is to open at once.
[[nodiscard]] Incident loss_incident(const storage::LostHistory& lost, const config::Config& config,
                                     Timestamp now);
// Closes it where it has stood long enough; any other incident stays as it is.
void end_loss(Incident& incident, Timestamp now);

}  // namespace gatewatch::alerting
