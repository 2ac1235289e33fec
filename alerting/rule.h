// Whether what a region has seen breaches a rule, and why.
//
// A region breaches when it has at least `min_samples` results and `min_matches` matches, and the
// lower bound of their share is at least `rate`. Two things are judged by these same conditions:
// the whole window, and by itself the newest unbroken run of matches inside it. The window sees
// partial failures; but at a short interval it is full of successes when a total outage begins,
// and would take minutes to tip over. The run tells the outage within `min_samples` results at any
// interval. Lone failures cannot breach by it: a run is as long as `min_samples` or counts for
// nothing, and one success ends it.
//
// A failing stretch is over with the first run of clean results that it cannot explain: at least
// `resolve_after` long, and so long that a route which goes on failing as often as it did shows one
// in at most 2 % of such stretches. Five clean results end six failures of six, seven end three of
// three; one failure in ten asks for so many that the share falls under half of the rate before.

#pragma once

#include <cstdint>

#include "alerting/window.h"
#include "config/config.h"

namespace gatewatch::alerting {

enum class Reason : std::uint8_t {
  TooFewSamples,
  TooFewMatches,
  UnderRate,       // by the lower bound of the share
  WindowBreaches,  // also where the run does
  RunBreaches,     // the newest unbroken run alone
};

struct Judgement {
  Reason reason = Reason::TooFewSamples;
  Counts counts;           // those that were judged
  double lower_bound = 0;  // of their share
  [[nodiscard]] bool breaches() const { return reason >= Reason::WindowBreaches; }

  friend bool operator==(const Judgement&, const Judgement&) = default;
};

// A rule made ready for judging. The rule must outlive it.
class Threshold {
 public:
  explicit Threshold(const config::Rule& rule);

  [[nodiscard]] const config::Rule& rule() const { return *rule_; }
  // The window must have been expired.
  [[nodiscard]] Judgement judge(const Window& window) const;
  // Of results taken for themselves.
  [[nodiscard]] Judgement judge(Counts counts) const;
  // How many clean results in a row end the failing stretch in the window, which has a match.
  [[nodiscard]] std::uint64_t recovery_length(const Window& window) const;
  // The plain share is under half of the rate: far enough from breaching to be calm.
  [[nodiscard]] bool is_calm(const Window& window) const;

 private:
  const config::Rule* rule_;
  double quantile_;  // of the rule's confidence; 0 (the plain share) for one of 50 % or less
};

}  // namespace gatewatch::alerting
