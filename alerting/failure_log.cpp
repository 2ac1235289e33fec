#include "alerting/failure_log.h"

#include <utility>

#include "alerting/evidence.h"

namespace gatewatch::alerting {

void FailureLog::add(const Result& result, const config::Route& route) {
  count(storage::outline_of(result));
  if (newest_.size() == newest_kept) newest_.erase(newest_.begin());
  Evidence evidence{.at = result.started,
                    .line = evidence_line(result, route),
                    .certificate_expires = std::nullopt};
  if (result.cert_expiring && result.certificate) {
    evidence.certificate_expires = result.certificate->not_after;
  }
  if (route.proxy.empty()) evidence.gateway = result.remote;
  newest_.push_back(std::move(evidence));
}

std::set<Endpoint> FailureLog::gateways() const {
  std::set<Endpoint> gateways;
  for (const auto& evidence : newest_) {
    if (evidence.gateway) gateways.insert(*evidence.gateway);
  }
  return gateways;
}

void FailureLog::count(const storage::ResultOutline& result) {
  auto name = failure_name(result);
  if (names_.size() < names_kept || names_.contains(name)) ++names_[std::move(name)];
}

void FailureLog::clear() {
  newest_.clear();
  names_.clear();
}

}  // namespace gatewatch::alerting
