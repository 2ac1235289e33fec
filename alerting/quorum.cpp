#include "alerting/quorum.h"

#include <algorithm>

namespace gatewatch::alerting {
namespace {

int needed(config::Quorum quorum, int reporting) {
  switch (quorum.kind) {
    case config::Quorum::Kind::Any:
      return 1;
    case config::Quorum::Kind::Majority:
      return reporting / 2 + 1;
    case config::Quorum::Kind::All:
      return reporting;
    case config::Quorum::Kind::Count:
      return std::max(quorum.count, 1);
  }
  return reporting;
}

}  // namespace

QuorumVerdict ask_quorum(config::Quorum quorum, int reporting, int breaching) {
  if (reporting == 0) return QuorumVerdict::Unknown;
  return breaching >= needed(quorum, reporting) ? QuorumVerdict::Reached : QuorumVerdict::TooFew;
}

}  // namespace gatewatch::alerting
