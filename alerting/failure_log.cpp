#include "alerting/failure_log.h"

#include <utility>

#include "alerting/evidence.h"

namespace gatewatch::alerting {

EvidencePointer evidence_of(const Result& result, const config::Route& route) {
  Evidence evidence{.at = result.started,
                    .line = evidence_line(result, route),
                    .name = failure_name(storage::outline_of(result)),
                    .certificate_expires = std::nullopt};
  if (result.cert_expiring && result.certificate) {
    evidence.certificate_expires = result.certificate->not_after;
  }
  if (route.proxy.empty()) evidence.gateway = result.remote;
  return std::make_shared<const Evidence>(std::move(evidence));
}

void FailureLog::add(EvidencePointer evidence) {
  count(evidence->name);
  auto& newest = entries().newest;
  if (newest.size() == newest_kept) newest.erase(newest.begin());
  newest.push_back(std::move(evidence));
}

std::set<Endpoint> FailureLog::gateways() const {
  std::set<Endpoint> gateways;
  for (const auto& evidence : newest()) {
    if (evidence->gateway) gateways.insert(*evidence->gateway);
  }
  return gateways;
}

void FailureLog::count(const storage::ResultOutline& result) {
  count(failure_name(result));
}

void FailureLog::count(const std::string& name) {
  auto& names = entries().names;
  const auto found = names.find(name);
  if (found != names.end()) {
    ++found->second;
  } else if (names.size() < names_kept) {
    names.emplace(name, 1);
  }
}

FailureLog::Entries& FailureLog::entries() {
  if (!entries_) entries_ = std::make_unique<Entries>();
  return *entries_;
}

const std::vector<EvidencePointer>& FailureLog::newest() const {
  static const std::vector<EvidencePointer> none;
  return entries_ ? entries_->newest : none;
}

const FailureLog::Names& FailureLog::names() const {
  static const Names none;
  return entries_ ? entries_->names : none;
}

}  // namespace gatewatch::alerting
