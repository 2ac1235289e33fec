#include "config/url.h"

namespace gatewatch {}  // namespace gatewatch
