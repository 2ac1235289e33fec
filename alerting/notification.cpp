#include "alerting/notification.h"

namespace gatewatch::alerting {}  // namespace gatewatch::alerting
