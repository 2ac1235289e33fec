// What the defaults of a rule come to: false alarms, time to the opening, time to the resolution,
// flapping. The real windows, thresholds, watches and confirmations, over made-up results at
// made-up times; every number is reproduced by the seed. Prints one table for each question:
//
//     bench_false_alarms [SEED]
//
// Noise is simulated exactly and yet quickly: while nothing fails nothing can change, so the time
// to the next lone failure is drawn and skipped, and the windows are filled with what was skipped.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "alerting/watch.h"
#include "daemon/route_health.h"

namespace {

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

constexpr Timestamp start{std::chrono::seconds{1'800'000'000}};
constexpr std::chrono::milliseconds latency{50};
constexpr double noise = 0.001;

using Random = std::mt19937_64;
using Span = std::chrono::microseconds;
// The share of failing answers at a time after the beginning.
using Share = std::function<double(Span)>;

struct Setting {
  std::string name;
  config::Rule rule;
};

struct Scene {
  int regions;
  config::Duration interval;
};

// One route, probed from every region as the scheduler would, judged by one rule.
class World {
 public:
  World(const config::Rule& rule, const Scene& scene, Random& random)
      : rule_(rule),
        threshold_(rule_),
        watch_(rule.window),
        step_(Span(scene.interval) / scene.regions),
        random_(random) {
    for (int region = 0; region < scene.regions; ++region) {
      regions_.push_back(static_cast<RegionId>(region));
    }
    fill();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] Span time() const { return time_; }
  [[nodiscard]] std::optional<Span> first_failure() const { return first_failure_; }
  [[nodiscard]] bool is_still() const {
    return watch_.is_quiet() && confirmations_.empty() && healthy_;
  }

  // Moves on by one result. The first failure of a still world can be asked for.
  WatchChange advance(const Share& share, bool must_fail = false) {
    const auto scheduled = due(turn_);
    const bool confirms = !confirmations_.empty() && confirmations_.front().first <= scheduled;
    const auto region = confirms ? confirmations_.front().second : turn_ % regions_.size();
    time_ = confirms ? confirmations_.front().first : scheduled;
    if (confirms) {
      confirmations_.pop_front();
    } else {
      ++turn_;
    }
    const bool fails = must_fail || std::bernoulli_distribution(share(time_))(random_);
    if (fails && !first_failure_) first_failure_ = time_;
    note(confirms ? ProbeKind::Confirmation : ProbeKind::Scheduled, fails);
    const auto now = start + time_ + latency;
    const auto change = watch_.observe(threshold_, regions_[region], start + time_, fails, now);
    if (change != WatchChange::Unchanged) return change;
    return watch_.tick(threshold_, now);
  }

  // Skips what does not fail: `turns` scheduled results, of which the windows hold the newest.
  void skip(std::uint64_t turns) {
    turn_ += turns;
    fill();
  }

 private:
  [[nodiscard]] Span due(std::uint64_t turn) const {
    return step_ * static_cast<std::int64_t>(turn);
  }

  void fill() {
    watch_ = Watch(rule_.window);
    const auto held = static_cast<std::uint64_t>(Span(rule_.window) / step_) + 1;
    for (auto turn = turn_ - std::min(turn_, held); turn < turn_; ++turn) {
      const auto at = start + due(turn);
      watch_.replay(threshold_, regions_[turn % regions_.size()], at, false, at + latency);
    }
  }

  void note(ProbeKind kind, bool fails) {
    Result result;
    result.kind = kind;
    result.outcome = fails ? Outcome::StatusMismatch : Outcome::Ok;
    if (kind == ProbeKind::Scheduled) healthy_ = !fails;
    if (!health_.wants_confirmation(result) || !confirmations_.empty()) return;
    for (int turn = 0; turn < confirm_.times; ++turn) {
      for (std::size_t region = 0; region < regions_.size(); ++region) {
        confirmations_.emplace_back(time_ + latency + Span(confirm_.every) * turn, region);
      }
    }
  }

  config::Rule rule_;
  Threshold threshold_;
  Watch watch_;
  Span step_;
  Random& random_;
  std::vector<RegionId> regions_;
  config::Confirmation confirm_;
  daemon::RouteHealth health_;
  bool healthy_ = true;
  std::deque<std::pair<Span, std::size_t>> confirmations_;  // due, region
  std::uint64_t turn_ = 10'000;                             // of the schedule, all regions together
  Span time_{};
  std::optional<Span> first_failure_;
};

double per_year(const Setting& setting, const Scene& scene, int years, Random& random) {
  World world(setting.rule, scene, random);
  std::geometric_distribution<std::uint64_t> clean_turns(noise);
  const auto share = [](Span) { return noise; };
  int alarms = 0;
  const auto begin = world.time();
  const auto end = Span(24h * 365) * years;
  while (world.time() - begin < end) {
    world.skip(clean_turns(random));
    auto change = world.advance(share, true);
    while (true) {
      alarms += change == WatchChange::Fires ? 1 : 0;
      if (world.is_still()) break;
      change = world.advance(share);
    }
  }
  return static_cast<double>(alarms) / years;
}

struct Spread {
  std::vector<double> seconds;  // those that came at all
  int runs = 0;

  [[nodiscard]] std::string text() {
    if (seconds.empty()) return "never";
    std::ranges::sort(seconds);
    const auto at = [this](double part) {
      const auto index = static_cast<std::size_t>(part * static_cast<double>(runs));
      return index < seconds.size() ? fmt::format("{:.0f} s", seconds[index]) : std::string("-");
    };
    return fmt::format("{} / {} / {:.0f} s", at(0.5), at(0.95), seconds.back());
  }
};

// From the first failing result (or the beginning) of a failure to the firing.
Spread detection(const Setting& setting, const Scene& scene, double share, bool from_first_failure,
                 Random& random, int runs = 400) {
  Spread spread;
  for (spread.runs = 0; spread.runs < runs; ++spread.runs) {
    World world(setting.rule, scene, random);
    world.skip(static_cast<std::uint64_t>(random() % 7));
    std::optional<Span> begin;
    while (true) {
      const auto change = world.advance([share](Span) { return share; });
      if (!begin) begin = world.time();
      if (from_first_failure && world.first_failure()) begin = world.first_failure();
      if (change == WatchChange::Fires) {
        spread.seconds.push_back(std::chrono::duration<double>(world.time() - *begin).count());
        break;
      }
      if (world.time() - *begin > 12h) break;
    }
  }
  return spread;
}

double within(const Spread& spread, double seconds) {
  const auto count =
      std::ranges::count_if(spread.seconds, [=](double it) { return it <= seconds; });
  return 100.0 * static_cast<double>(count) / spread.runs;
}

// From the end of a total outage to the stop.
Spread resolution(const Setting& setting, const Scene& scene, Span outage, Random& random) {
  Spread spread;
  for (spread.runs = 0; spread.runs < 200; ++spread.runs) {
    World world(setting.rule, scene, random);
    const auto phase = Span(random() % static_cast<std::uint64_t>(Span(scene.interval).count()));
    (void)world.advance([](Span) { return 0.0; });
    const auto begin = world.time() + phase;
    const auto share = [=](Span time) {
      return time >= begin && time < begin + outage ? 1.0 : 0.0;
    };
    std::optional<Span> stopped;
    bool fired = false;
    while (world.time() < begin + outage + 2h) {
      const auto change = world.advance(share);
      fired = fired || change == WatchChange::Fires;
      if (change == WatchChange::Stops) stopped = world.time();
      if (stopped && fired && world.time() > begin + outage && world.is_still()) break;
    }
    if (fired && stopped) {
      spread.seconds.push_back(std::chrono::duration<double>(*stopped - begin - outage).count());
    }
  }
  return spread;
}

// How often a partial failure of an hour stops before it is over; and how long after it does.
std::pair<double, Spread> flaps(const Setting& setting, const Scene& scene, double share,
                                Random& random) {
  constexpr int runs = 300;
  int stops = 0;
  Spread after;
  for (after.runs = 0; after.runs < runs; ++after.runs) {
    World world(setting.rule, scene, random);
    (void)world.advance([](Span) { return 0.0; });
    const auto end = world.time() + 1h;
    bool firing = false;
    while (world.time() < end + 6h && (world.time() < end || firing)) {
      const auto change = world.advance([=](Span time) { return time < end ? share : 0.0; });
      if (change == WatchChange::Fires) firing = true;
      if (change != WatchChange::Stops) continue;
      firing = false;
      if (world.time() < end) {
        ++stops;
      } else {
        after.seconds.push_back(std::chrono::duration<double>(world.time() - end).count());
      }
    }
  }
  return {static_cast<double>(stops) / runs, after};
}

std::vector<Setting> settings() {
  std::vector<Setting> list;
  const auto add = [&list](std::string name, int matches, double confidence) {
    config::Rule rule;
    rule.min_matches = matches;
    rule.confidence = confidence;
    list.push_back({std::move(name), rule});
  };
  add("min_matches 2, 95 %", 2, 0.95);
  add("min_matches 2, 99 %", 2, 0.99);
  add("min_matches 3, 95 %", 3, 0.95);
  add("min_matches 3, 99 %", 3, 0.99);
  add("min_matches 4, 95 %", 4, 0.95);
  return list;
}

void print_false_alarms(Random& random) {
  fmt::print("\nOne failure in a thousand: false alarms per route-year\n");
  for (const auto& setting : settings()) {
    fmt::print("{}:", setting.name);
    for (const auto interval : {10s, 30s, 300s}) {
      fmt::print("  1 region, {} s: {:.4f}", interval.count(),
                 per_year(setting, {1, interval}, 200, random));
    }
    fmt::print("  3 regions, 30 s: {:.4f}\n", per_year(setting, {3, 30s}, 300, random));
  }
}

void print_detection(Random& random) {
  fmt::print(
      "\nA total outage, from its first failing probe; 10 %, from its beginning; every 30 s: "
      "median / 95 % / longest\n");
  for (const auto& setting : settings()) {
    for (const int regions : {1, 3}) {
      auto total = detection(setting, {regions, 30s}, 1, true, random);
      auto tenth = detection(setting, {regions, 30s}, 0.1, false, random);
      fmt::print("{}, {} region(s): total {}; 10 % {}, {:.0f} % within 10 min\n", setting.name,
                 regions, total.text(), tenth.text(), within(tenth, 600));
    }
  }
}

void print_resolution(Random& random) {
  fmt::print("\nThe end of a total outage, to the resolution: median / 95 % / longest\n");
  for (const auto& scene :
       {Scene{1, 1s}, Scene{1, 10s}, Scene{1, 30s}, Scene{1, 300s}, Scene{3, 30s}}) {
    for (const auto outage : {10s, 60s, 300s, 1800s}) {
      auto spread = resolution({}, scene, outage, random);
      fmt::print("{} region(s) {:>3} s, outage {:>4} s: {}\n", scene.regions, scene.interval / 1s,
                 outage.count(), spread.text());
    }
  }
}

void print_flaps(Random& random) {
  fmt::print(
      "\nAn hour of a partial failure: wrong resolutions in it; from its end to the right one\n");
  for (const auto& scene : {Scene{1, 1s}, Scene{1, 10s}, Scene{1, 30s}, Scene{3, 30s}}) {
    for (const double share : {0.1, 0.2, 0.5}) {
      auto [stops, after] = flaps({}, scene, share, random);
      fmt::print("{} region(s) {:>3} s, {:.0f} %: {:.2f}; {}\n", scene.regions, scene.interval / 1s,
                 share * 100, stops, after.text());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  fmt::print("seed {}\n", seed);
  Random random(seed);
  print_false_alarms(random);
  print_detection(random);
  print_resolution(random);
  print_flaps(random);
  return 0;
}
