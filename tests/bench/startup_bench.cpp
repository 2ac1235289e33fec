// How long a start takes over a large store: bench_startup DIRECTORY [RESULTS] makes DIRECTORY with
// a database of 2,000,000 results, unless it is there, and a configuration of 1,000 routes probed
// every 30 s, one every 30 h and the built-in rules; then it prints how long each step of a start
// takes that depends on them. `gatewatch run --config DIRECTORY/gatewatch.toml` starts on the same.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>

#include "alerting/incident_desk.h"
#include "alerting/replay.h"
#include "config/load.h"
#include "storage/sqlite/sqlite_store.h"

using namespace gatewatch;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr int fast_routes = 1'000;
constexpr auto fast_interval = 30s;
constexpr std::size_t batch_results = 10'000;

template <typename Value>
Value must(std::expected<Value, Error> value) {
  if (value) return std::move(*value);
  fmt::print(stderr, "{}\n", value.error().message);
  std::exit(1);
}

void must(const std::expected<void, Error>& done) {
  if (done) return;
  fmt::print(stderr, "{}\n", done.error().message);
  std::exit(1);
}

class Stopwatch {
 public:
  explicit Stopwatch(const char* step) : step_(step) {}
  ~Stopwatch() {
    const auto passed = std::chrono::steady_clock::now() - begun_;
    fmt::print("{}: {} ms\n", step_,
               std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  const char* step_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

std::string route_name(int index) {
  return fmt::format("route-{}", index);
}

void write_configuration(const fs::path& directory) {
  std::ofstream file(directory / "gatewatch.toml");
  file << fmt::format("[daemon]\nlisten = \"127.0.0.1:0\"\ndata = \"{}\"\n", directory.string());
  const auto route = [&file](const std::string& name, const char* interval) {
    file << fmt::format(
        "[[route]]\nname = \"{}\"\nurl = \"http://127.0.0.1:9/{}\"\ninterval = \"{}\"\n", name,
        name, interval);
  };
  for (int index = 0; index < fast_routes; ++index) route(route_name(index), "30s");
  route("slow", "30h");
}

Result result_of(std::string route, Timestamp started, std::int64_t number) {
  Result result;
  result.started = started;
  result.route = std::move(route);
  result.region = "local";
  result.status = 200;
  result.last_phase = Phase::Receive;
  result.timings[Phase::Wait] = 20ms;
  result.body_size = 5'000;
  result.remote = Endpoint::parse("127.0.0.1:9");
  result.http_version = "1.1";
  result.trace_id = fmt::format("{:032x}", number);
  if (number % 97 == 0) {
    result.outcome = Outcome::StatusMismatch;
    result.status = 502;
    result.detail = "the status is 502";
    result.evidence =
        SharedEvidence(Evidence{.head = "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n\r\n"});
  }
  return result;
}

void write_results(const std::string& path, std::int64_t count) {
  const auto store = must(storage::open_sqlite_store(path, storage::OpenMode::ReadWrite));
  const auto now =
      std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
  storage::Batch batch;
  for (std::int64_t number = 0; number < count; ++number) {
    const auto age = fast_interval * ((count - number) / fast_routes + 1);
    const auto index = static_cast<int>(number % fast_routes);
    const auto phase = std::chrono::microseconds(fast_interval) * index / fast_routes;
    batch.results.push_back(result_of(route_name(index), now - age + phase, number));
    if (number == 0) batch.results.push_back(result_of("slow", now - age, 1));
    if (batch.results.size() < batch_results && number + 1 < count) continue;
    must(store->write(batch));
    batch.results.clear();
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 2) {
    fmt::print(stderr, "startup_bench DIRECTORY [RESULTS]\n");
    return 2;
  }
  const fs::path directory = fs::absolute(arguments[1]);
  const auto database = (directory / "gatewatch.db").string();
  fs::create_directories(directory);
  if (!fs::exists(database)) {
    const Stopwatch watch("making the database");
    write_results(database, argument_count > 2 ? std::atoll(arguments[2]) : 2'000'000);
  }
  write_configuration(directory);

  const auto loaded =
      config::load((directory / "gatewatch.toml").string(), config::process_environment());
  if (!loaded) {
    for (const auto& mistake : loaded.error()) fmt::print(stderr, "{}\n", mistake.message);
    return 1;
  }
  const auto config = std::make_shared<const config::Config>(*loaded);
  const Stopwatch all("all");
  std::unique_ptr<storage::Store> store;
  {
    const Stopwatch watch("opening");
    store = must(storage::open_sqlite_store(database, storage::OpenMode::ReadWrite));
  }
  alerting::IncidentDesk desk(config, {});
  const Stopwatch watch("replaying");
  must(alerting::replay(
      desk, *config, *store,
      std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now())));
  return 0;
}
