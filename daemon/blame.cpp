#include "daemon/blame.h"

#include <fmt/format.h>

namespace gatewatch::daemon {

void blame_ourselves(Result& result, std::string_view reason, std::string_view why) {
  result.detail =
      fmt::format("{}; it ended as {}: {}", why, outcome_row(result.outcome).name, result.detail);
  result.outcome = Outcome::Vantage;
  result.reason = reason;
  result.cert_expiring = false;
}

}  // namespace gatewatch::daemon
