// What is told when the database was damaged: an incident of its own, which is over at once, since
// nothing brings back what was lost.

#pragma once

#include <cstdint>
#include <string>

#include "config/config.h"
#include "storage/records.h"

namespace gatewatch::alerting {

// To every channel that any rule names. `id`: what the incident is called.
[[nodiscard]] storage::IncidentStep loss_step(const storage::LostHistory& lost,
                                              const config::Config& config, std::int64_t id,
                                              const std::string& link_prefix, Timestamp now);

}  // namespace gatewatch::alerting
