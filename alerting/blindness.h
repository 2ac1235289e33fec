// That the monitor itself is in trouble: what is told of it, as an incident of its own. Where a
// region cannot see, the routes have none, since nothing is known of them.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace gatewatch::alerting {

struct Blindness {
  std::string what;                   // "Monitor is blind in region local"
  std::string share;                  // "6 of 6 unrelated hosts do not answer"
  std::string diagnosis;              // one sentence
  std::vector<std::string> evidence;  // one line each
  std::string fixer = "whoever runs gatewatch and its network";

  friend bool operator==(const Blindness&, const Blindness&) = default;
};

// What its incident has in place of a gateway: "region local".
[[nodiscard]] std::string blind_gateway(std::string_view region);
[[nodiscard]] bool is_blind_gateway(std::string_view gateway);
[[nodiscard]] std::string blind_region(std::string_view gateway);  // of such a one

// By which it is told: "blind", a warning to every channel that any rule names, with the shortest
// of their reminders.
[[nodiscard]] config::Rule blindness_rule(const config::Config& config);

}  // namespace gatewatch::alerting
