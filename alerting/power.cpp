#include "alerting/power.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "alerting/rule.h"
#include "config/firing.h"

namespace gatewatch::alerting {
namespace {

using std::chrono::milliseconds;

// In longer windows confirmations are left out: they are few beside so many turns.
constexpr int most_turns_with_confirmations = 40;
constexpr int longest_run = 32;    // longer ones are left out
constexpr int most_turns = 3'000;  // of a window; one that has more is taken for one of so many
constexpr int steps_per_unit = 1'000;

// When the result with which the rule fires has come, counted from the beginning of the first
// failing probe. `takes`: how long each probe does.
config::Duration run_lasts(int needed, const config::Route& route, bool confirmed,
                           milliseconds takes) {
  auto ended = takes;  // the first
  milliseconds confirmation = ended;
  milliseconds turn = route.interval;
  int confirmations = confirmed ? route.confirm.times : 0;
  for (int result = 1; result < needed; ++result) {
    const bool confirms = confirmations > 0 && confirmation <= turn;
    const auto begins = std::max(ended, confirms ? confirmation : turn);
    // A turn that comes while a probe is in flight is skipped.
    while (turn <= begins) turn += route.interval;
    if (confirms) {
      --confirmations;
      confirmation += route.confirm.every;
    }
    ended = begins + takes;
  }
  return ended;
}

// The turns of one window in which each probe fails with the same probability.
class Chain {
 public:
  // `turns` of the window are exposed; `clean` results came before them.
  Chain(const Threshold& threshold, int needed, int turns, int clean, int confirmations)
      : run_breaches_(needed <= longest_run),
        needed_(run_breaches_ ? needed : 1),
        turns_(turns),
        confirmations_(confirmations) {
    const int series = confirmations > 0 ? turns : 0;
    for (int count = 0; count <= series; ++count) {
      least_.push_back(least_matches(threshold, clean + turns + count * confirmations));
    }
    most_ = std::ranges::max(least_);
  }

  // The probability of a breach by the end of the window.
  [[nodiscard]] double breach(double rate) const {
    auto states = empty();
    at(states, 0, 0, 0, healthy) = 1;
    double breached = 0;
    for (int turn = 0; turn < turns_; ++turn) states = take_turn(states, rate, breached);
    for (std::size_t series = 0; series < least_.size(); ++series) {
      for (int matches = least_[series]; matches <= most_; ++matches) {
        for (int run = 0; run < needed_; ++run) {
          for (const int health : {healthy, failed_once, failing}) {
            breached += at(states, static_cast<int>(series), matches, run, health);
          }
        }
      }
    }
    return breached;
  }

 private:
  using States = std::vector<double>;
  enum Health : int { healthy, failed_once, failing };
  static constexpr int healths = 3;

  static int least_matches(const Threshold& threshold, int samples) {
    int low = 1;
    int high = samples + 1;
    while (low < high) {
      const int middle = (low + high) / 2;
      const bool breaches = threshold
                                .judge(Counts{.samples = static_cast<std::uint64_t>(samples),
                                              .matches = static_cast<std::uint64_t>(middle)})
                                .breaches();
      (breaches ? high : low) = breaches ? middle : middle + 1;
    }
    return low;
  }

  [[nodiscard]] States empty() const {
    return States(least_.size() * static_cast<std::size_t>((most_ + 1) * needed_ * healths));
  }
  [[nodiscard]] std::size_t index(int series, int matches, int run, int health) const {
    return static_cast<std::size_t>(((series * (most_ + 1) + matches) * needed_ + run) * healths +
                                    health);
  }
  double& at(States& states, int series, int matches, int run, int health) const {
    return states[index(series, matches, run, health)];
  }
  [[nodiscard]] double at(const States& states, int series, int matches, int run,
                          int health) const {
    return states[index(series, matches, run, health)];
  }

  // One failing result from a state; what breaches by its run leaves the chain.
  void fail(States& to, int series, int matches, int run, int health, double weight,
            double& breached) const {
    if (run_breaches_ && run + 1 >= needed_) {
      breached += weight;
    } else {
      at(to, series, std::min(matches + 1, most_), std::min(run + 1, needed_ - 1), health) +=
          weight;
    }
  }

  template <typename Visit>
  void for_each(const States& states, const Visit& visit) const {
    for (int series = 0; series < static_cast<int>(least_.size()); ++series) {
      for (int matches = 0; matches <= most_; ++matches) {
        for (int run = 0; run < needed_; ++run) {
          for (int health = 0; health < healths; ++health) {
            const double weight = at(states, series, matches, run, health);
            if (weight > 0) visit(series, matches, run, health, weight);
          }
        }
      }
    }
  }

  // Turns as daemon/route_health has them: the first failure of a healthy route asks for
  // confirmations, and so does the first success after a confirmed one.
  [[nodiscard]] States take_turn(const States& before, double rate, double& breached) const {
    auto after = empty();
    auto asking = empty();
    for_each(before, [&](int series, int matches, int run, int health, double weight) {
      const bool room = confirmations_ > 0 && series + 1 < static_cast<int>(least_.size());
      const bool opens = room && health == healthy;
      fail(opens ? asking : after, opens ? series + 1 : series, matches, run,
           health == healthy ? failed_once : failing, weight * rate, breached);
      const bool closes = room && health == failing;
      at(closes ? asking : after, closes ? series + 1 : series, matches, 0, healthy) +=
          weight * (1 - rate);
    });
    for (int count = 0; count < confirmations_; ++count) {
      auto next = empty();
      for_each(asking, [&](int series, int matches, int run, int health, double weight) {
        fail(next, series, matches, run, failing, weight * rate, breached);
        at(next, series, matches, 0, health) += weight * (1 - rate);
      });
      asking = std::move(next);
    }
    for (std::size_t state = 0; state < after.size(); ++state) after[state] += asking[state];
    return after;
  }

  bool run_breaches_;
  int needed_;  // matches in a row that breach
  int turns_;
  int confirmations_;
  std::vector<int> least_;  // matches for a breach of the window, by the number of series
  int most_ = 0;
};

std::optional<double> smallest_rate(const config::Rule& rule, const config::Route& route,
                                    int needed, bool confirmed, milliseconds window,
                                    milliseconds horizon) {
  const auto in_window = std::max<std::int64_t>(1, window / route.interval);
  const auto exposed = std::min<std::int64_t>(in_window, horizon / route.interval);
  if (exposed == 0) return std::nullopt;
  const auto turns = std::min<std::int64_t>(exposed, most_turns);
  const auto clean = (in_window - exposed) * turns / exposed;
  const auto windows = std::max<std::int64_t>(1, horizon / window);
  const bool with_confirmations = confirmed && turns <= most_turns_with_confirmations;
  const Threshold threshold(rule);
  const Chain chain(threshold, needed, static_cast<int>(turns), static_cast<int>(clean),
                    with_confirmations ? route.confirm.times : 0);
  const auto sees = [&](int steps) {
    const double one = chain.breach(static_cast<double>(steps) / steps_per_unit);
    return 1 - std::pow(1 - std::min(one, 1.0), static_cast<double>(windows)) >= power_probability;
  };
  if (!sees(steps_per_unit)) return std::nullopt;
  int low = 0;
  int high = steps_per_unit;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    (sees(middle) ? high : low) = middle;
  }
  return static_cast<double>(high) / steps_per_unit;
}

}  // namespace

Power power_of(const config::Rule& rule, const config::Route& route) {
  const config::FiringNeeds needs(rule);
  const int needed = needs.results().value_or(1);
  const bool confirmed = needs.counts_failures();
  const milliseconds window = needs.window_for(route);
  return {
      .outage = route.interval + run_lasts(needed, route, confirmed, milliseconds{0}),
      .silent_outage = route.interval + run_lasts(needed, route, confirmed, route.timeout),
      .within_hour = smallest_rate(rule, route, needed, confirmed, window, std::chrono::hours{1}),
      .within_day = smallest_rate(rule, route, needed, confirmed, window, std::chrono::hours{24})};
}

}  // namespace gatewatch::alerting
