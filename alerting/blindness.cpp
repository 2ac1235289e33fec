#include "alerting/blindness.h"

#include <algorithm>

namespace gatewatch::alerting {
namespace {

constexpr std::string_view prefix = "region ";  // no origin of a URL has a blank

}  // namespace

std::string blind_gateway(std::string_view region) {
  return std::string(prefix) + std::string(region);
}

bool is_blind_gateway(std::string_view gateway) {
  return gateway.starts_with(prefix);
}

std::string blind_region(std::string_view gateway) {
  return std::string(gateway.substr(prefix.size()));
}

config::Rule blindness_rule(const config::Config& config) {
  config::Rule rule;
  rule.name = "blind";
  rule.severity = config::Severity::Warning;
  for (const auto& other : config.rules) {
    for (const auto& channel : other.notify) {
      if (std::ranges::find(rule.notify, channel) == rule.notify.end()) {
        rule.notify.push_back(channel);
      }
    }
    if (other.remind) rule.remind = std::min(*other.remind, rule.remind.value_or(*other.remind));
  }
  return rule;
}

}  // namespace gatewatch::alerting
