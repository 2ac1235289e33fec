// A database as it is after months: 1,000 routes go on for so many days of simulated time, through
// all that the recorder has the store do, from where the file ends. Then what pages ask of it.
//
//   bench_history DIRECTORY DAYS [INTERVAL_S [RESULTS_KEPT_DAYS [ROLLUPS_KEPT_DAYS]]]
//   bench_history DIRECTORY race [SECONDS]
//
// The race: results are written as fast as that goes, first alone, then while a second thread asks
// for pages without a pause.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "storage/recorder.h"
#include "storage/sqlite/sqlite_store.h"
#include "tests/bench/traffic.h"

using namespace gatewatch;
using namespace gatewatch::bench;
using std::chrono::days;
using std::chrono::microseconds;

namespace {

constexpr int routes = 1'000;
// As the daemon has it; rarer where results are, so that years take minutes.
constexpr microseconds least_roll_up_pause = std::chrono::minutes(10);
constexpr storage::RecorderLimits limits;

struct Settings {
  std::string path;
  days length{};
  microseconds interval = std::chrono::seconds(30);
  days results = days(14);
  days rollups = days(400);
};

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point begun) {
  return std::chrono::duration<double>(SteadyClock::now() - begun).count();
}

// What one kind of work took.
struct Effort {
  double seconds = 0;
  double longest = 0;
  double longest_wait = 0;  // on the clock, the disk among it
  std::uint64_t steps = 0;

  // Whether there was something to do.
  template <typename Work>
  std::uint64_t measure(Work work) {
    const auto before = processor_seconds();
    const auto begun = SteadyClock::now();
    const auto done = work();
    require(done.has_value(), "the store refused");
    const auto took = processor_seconds() - before;
    longest_wait = std::max(longest_wait, seconds_since(begun));
    seconds += took;
    longest = std::max(longest, took);
    ++steps;
    return *done;
  }
};

class Life {
 public:
  explicit Life(const Settings& settings)
      : settings_(settings),
        traffic_(routes, settings.interval, std::min<microseconds>(settings.interval, batch_time)) {
    auto store = storage::open_sqlite_store(settings.path, storage::OpenMode::ReadWrite);
    require(store.has_value(), "cannot open the store");
    store_ = std::move(*store);
  }

  void go_on(microseconds from) {
    for (auto time = from; time < from + settings_.length; time = step(time)) {
      if (time % days(10) < batch_time) report(traffic_begin + time);
    }
    while (store_->roll_up(traffic_begin + from + settings_.length).value_or(0) > 0) continue;
    report(traffic_begin + from + settings_.length);
  }

  // As fast as that goes, for so long on the clock; from where the next one begins.
  microseconds race(microseconds from, double seconds, const char* what) {
    results_ = 0;
    writing_ = compacting_ = rolling_up_ = forgetting_ = {};
    const auto begun = SteadyClock::now();
    while (seconds_since(begun) < seconds) from = step(from);
    std::printf(
        "%-25s %8.0f results a second; longest step ms on the clock: writing %.1f, "
        "compacting %.1f, rolling up %.1f, forgetting %.1f\n",
        what, static_cast<double>(results_) / seconds_since(begun), writing_.longest_wait * 1e3,
        compacting_.longest_wait * 1e3, rolling_up_.longest_wait * 1e3,
        forgetting_.longest_wait * 1e3);
    return from;
  }

 private:
  static constexpr auto batch_time = std::chrono::seconds(10);

  // One batch, and what follows from it: when the next one begins.
  microseconds step(microseconds time) {
    const auto length = std::min<microseconds>(settings_.interval, batch_time);
    const auto roll_up_pause = std::max(settings_.interval, least_roll_up_pause);
    write(time);
    if (time % roll_up_pause < length) keep_house(traffic_begin + time);
    return time + length;
  }

  void write(microseconds time) {
    storage::Batch batch{.results = traffic_.batch(time)};
    results_ += batch.results.size();
    writing_.measure([&]() -> std::expected<std::uint64_t, Error> {
      if (auto written = store_->write(batch); !written) return std::unexpected(written.error());
      return 0;
    });
    while (compacting_.measure([&] { return store_->compact_results(limits.compact_results); }) > 0)
      continue;
  }

  void keep_house(Timestamp now) {
    while (rolling_up_.measure([&] { return store_->roll_up(now); }) > 0) continue;
    while (forgetting_.measure([&] {
      return store_->forget_results(now - settings_.results, limits.forget_results);
    }) >= limits.forget_results)
      continue;
    while (forgetting_.measure([&] {
      return store_->forget_rollups(now - settings_.rollups, limits.forget_rollups);
    }) >= limits.forget_rollups)
      continue;
  }

  void report(Timestamp now) const {
    const auto size = [](const std::string& path) {
      std::error_code none;
      const auto bytes = std::filesystem::file_size(path, none);
      return none ? 0.0 : static_cast<double>(bytes) / 1e6;
    };
    const auto part = [&](const Effort& effort) {
      return effort.seconds * 1e6 / static_cast<double>(std::max<std::uint64_t>(results_, 1));
    };
    std::printf(
        "day %4lld: file %7.1f MB, WAL %5.1f MB, in use %7.1f MB; us a result: writing %.2f, "
        "compacting %.2f, rolling up %.2f, forgetting %.2f; longest step ms: %.1f, %.1f, %.1f, "
        "%.1f; on the clock: %.1f, %.1f, %.1f, %.1f\n",
        static_cast<long long>((now - traffic_begin) / days(1)), size(settings_.path),
        size(settings_.path + "-wal"),
        static_cast<double>(store_->sizes().value_or(storage::StoreSizes{}).records) / 1e6,
        part(writing_), part(compacting_), part(rolling_up_), part(forgetting_),
        writing_.longest * 1e3, compacting_.longest * 1e3, rolling_up_.longest * 1e3,
        forgetting_.longest * 1e3, writing_.longest_wait * 1e3, compacting_.longest_wait * 1e3,
        rolling_up_.longest_wait * 1e3, forgetting_.longest_wait * 1e3);
    std::fflush(stdout);
  }

  const Settings& settings_;
  Traffic traffic_;
  std::unique_ptr<storage::Store> store_;
  std::uint64_t results_ = 0;
  Effort writing_;
  Effort compacting_;
  Effort rolling_up_;
  Effort forgetting_;
};

// Where the file ends, from the beginning of all traffic.
microseconds end_of(const std::string& path) {
  if (!std::filesystem::exists(path)) return {};
  auto store = storage::open_sqlite_store(path, storage::OpenMode::ReadOnly);
  require(store.has_value(), "cannot open the store");
  const auto newest = (*store)->results({.limit = 1});
  require(newest.has_value(), "cannot read the store");
  if (newest->empty()) return {};
  return std::chrono::ceil<std::chrono::hours>(newest->front().started - traffic_begin);
}

template <typename Question>
void ask(const char* what, Question question) {
  for (int round = 0; round < 3; ++round) {
    const auto before = processor_seconds();
    const auto found = question();
    require(found.has_value(), "a question failed");
    std::printf("%-50s %6zu in %6.2f ms%s\n", what, found->size(),
                (processor_seconds() - before) * 1e3, round == 0 ? "" : ", again");
  }
}

void ask_all(const std::string& path, Timestamp end) {
  const auto opened = storage::open_sqlite_store(path, storage::OpenMode::ReadOnly);
  require(opened.has_value(), "cannot open the store");
  auto& store = **opened;
  const auto today = std::chrono::floor<days>(end);
  const std::string route = "shop/page-500";
  ask("90 days of 1,000 routes",
      [&] { return store.histories({.first_day = today - days(89), .days = 90}); });
  ask("400 days of one route", [&] {
    return store.histories({.route = route, .first_day = today - days(399), .days = 400});
  });
  for (const auto& [what, step, length] :
       {std::tuple("a day of one route by minutes", storage::RollupStep::Minute, days(1)),
        std::tuple("90 days of one route by hours", storage::RollupStep::Hour, days(90)),
        std::tuple("a year of one route by hours", storage::RollupStep::Hour, days(365)),
        std::tuple("a year of one route by days", storage::RollupStep::Day, days(365))}) {
    ask(what, [&] {
      return store.rollups({.route = route, .step = step, .from = end - length, .before = end});
    });
  }
  ask("raw results of one route, a day",
      [&] { return store.results({.route = route, .from = end - days(1), .limit = 100'000}); });
  ask("outlines of one route, a day", [&] { return store.outlines(route, end - days(1), end); });
}

// Whatever pages ask, until it is told to stop.
class PageReader {
 public:
  PageReader(const std::string& path, Timestamp end)
      : store_(storage::open_sqlite_store(path, storage::OpenMode::ReadOnly).value()),
        thread_([this, end](const std::stop_token& stop) { run(stop, end); }) {}
  ~PageReader() {
    thread_.request_stop();
    thread_.join();
    std::printf("%-25s %8d pages; the longest took %.1f ms on the clock\n", "  meanwhile", pages_,
                longest_ * 1e3);
  }
  PageReader(const PageReader&) = delete;
  PageReader& operator=(const PageReader&) = delete;

 private:
  void run(const std::stop_token& stop, Timestamp end) {
    for (int number = 0; !stop.stop_requested(); ++number) {
      const auto route = "shop/page-" + std::to_string(number % routes);
      time([&] {
        return store_->histories(
            {.first_day = std::chrono::floor<days>(end) - days(89), .days = 90});
      });
      time([&] {
        return store_->rollups({.route = route,
                                .step = storage::RollupStep::Hour,
                                .from = end - days(90),
                                .before = end});
      });
      time([&] {
        return store_->results({.route = route, .from = end - days(1), .limit = 100'000});
      });
    }
  }
  template <typename Question>
  void time(Question question) {
    const auto begun = SteadyClock::now();
    require(question().has_value(), "a page failed");
    longest_ = std::max(longest_, seconds_since(begun));
    ++pages_;
  }

  std::unique_ptr<storage::Store> store_;
  int pages_ = 0;
  double longest_ = 0;
  std::jthread thread_;
};

void race(const Settings& settings, microseconds from, double seconds) {
  Life life(settings);
  from = life.race(from, seconds, "alone");
  const PageReader reader(settings.path, traffic_begin + from);
  life.race(from, seconds, "while pages are read");
}

}  // namespace

int main(int argc, char** argv) {
  require(argc >= 3,
          "bench_history DIRECTORY DAYS|race [INTERVAL_S|SECONDS [RESULTS_KEPT_DAYS "
          "[ROLLUPS_KEPT_DAYS]]]");
  Settings settings{.path = std::string(argv[1]) + "/history.db",
                    .length = days(std::atoi(argv[2]))};
  if (std::string_view(argv[2]) == "race") {
    race(settings, end_of(settings.path), argc > 3 ? std::atof(argv[3]) : 20);
    return 0;
  }
  if (argc > 3) settings.interval = std::chrono::seconds(std::atoi(argv[3]));
  if (argc > 4) settings.results = days(std::atoi(argv[4]));
  if (argc > 5) settings.rollups = days(std::atoi(argv[5]));
  const auto from = end_of(settings.path);
  if (settings.length > days(0)) Life(settings).go_on(from);
  ask_all(settings.path, traffic_begin + from + settings.length);
  return 0;
}
