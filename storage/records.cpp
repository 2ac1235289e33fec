#include "storage/records.h"

#include <array>

namespace gatewatch::storage {

std::string_view incident_state_name(IncidentState state) noexcept {
  return state == IncidentState::Open ? "open" : "resolved";
}

std::string_view delivery_state_name(DeliveryState state) noexcept {
  constexpr std::array<std::string_view, 3> names = {"pending", "delivered", "failed"};
  return names[static_cast<std::size_t>(state)];
}

ResultOutline outline_of(const Result& result) {
  return {.started = result.started,
          .region = result.region,
          .kind = result.kind,
          .outcome = result.outcome,
          .status = result.status,
          .cert_expiring = result.cert_expiring,
          .maintenance = result.maintenance};
}

bool keeps_trace_id(const Result& result) noexcept {
  return result.outcome != Outcome::Ok;
}

}  // namespace gatewatch::storage
