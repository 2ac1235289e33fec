// One step of an incident: the transition, the event that records it, and one delivery for each
// channel that is to hear of it.

#pragma once

#include <cstdint>
#include <string>

#include "alerting/announcement.h"

namespace gatewatch::alerting {

// Takes the step that `why` (anything but Silence) asks for. `new_id` is what an opening incident
// is called. The first thing that a channel hears of an incident is always that it opened; what
// has never heard of it is not told that it is over.
[[nodiscard]] storage::IncidentStep take_step(Incident& incident, Why why, std::int64_t new_id,
                                              Coverage& coverage, const std::string& link_prefix,
                                              Timestamp now);

// Somebody takes care of an open incident: it reminds and escalates no more until it gets more
// severe or reopens.
[[nodiscard]] storage::IncidentStep acknowledge(Incident& incident,
                                                const Acknowledgement& acknowledgement,
                                                Coverage& coverage, const std::string& link_prefix,
                                                Timestamp now);

// The newest step of an open incident, as far as the incident knows it, for a store that has lost
// it: whoever was told is known to be.
[[nodiscard]] storage::IncidentStep restate(const Incident& incident, Coverage& coverage,
                                            const std::string& link_prefix, Timestamp now);

// What `notification` says of the newest event of `incident`, on its way to `channel`.
[[nodiscard]] storage::DeliveryRecord delivery_of(const Incident& incident,
                                                  const std::string& channel,
                                                  const Notification& notification, Timestamp now);

}  // namespace gatewatch::alerting
