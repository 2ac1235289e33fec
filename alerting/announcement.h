// An incident put into words: the notification for channels, and the sentence of its event.

#pragma once

#include <string>

#include "alerting/coverage.h"
#include "alerting/incident.h"
#include "alerting/notification.h"
#include "alerting/notify.h"

namespace gatewatch::alerting {

// As it is now, after the transition that is told.
[[nodiscard]] Notification describe(const Incident& incident, NotificationKind kind,
                                    Coverage& coverage, const std::string& link_prefix,
                                    Timestamp now);

// What happened, in one sentence. `resolved_before`: when it was last resolved, for a reopening.
[[nodiscard]] std::string sentence_of(Why why, const Incident& incident,
                                      const Notification& notification, Timestamp resolved_before);

}  // namespace gatewatch::alerting
