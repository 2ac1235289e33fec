#include "daemon/address_watch.h"

namespace gatewatch::daemon {

void AddressWatch::look_at(Result& result) {
  if (result.resolved.empty()) return;
  const auto [last, is_first] = last_.try_emplace(result.route, result.resolved);
  if (is_first || last->second == result.resolved) return;
  result.addresses_changed = true;
  last->second = result.resolved;
}

}  // namespace gatewatch::daemon
