// What the bench's probers share: their options, and the line that they print.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/resource.h>

namespace gatewatch::bench {

using SteadyClock = std::chrono::steady_clock;

struct ProberOptions {
  std::uint16_t port = 0;
  std::uint32_t targets = 1000;
  std::size_t connections = 32;
  double seconds = 3;
  double rate = 0;  // probes per second, of the floor alone; 0: as many as go
  std::string ca;   // a file of PEM; where set, probes are over TLS
};

// What `--name value` says; where the port is missing, prints how `program` is used and ends it.
inline ProberOptions parse_prober_options(const char* program, int count, char** arguments) {
  ProberOptions options;
  for (int index = 1; index + 1 < count; index += 2) {
    const std::string_view name = arguments[index];
    const char* const value = arguments[index + 1];
    if (name == "--port") options.port = static_cast<std::uint16_t>(std::atoi(value));
    if (name == "--targets") options.targets = static_cast<std::uint32_t>(std::atoi(value));
    if (name == "--connections") options.connections = static_cast<std::size_t>(std::atoi(value));
    if (name == "--seconds") options.seconds = std::atof(value);
    if (name == "--rate") options.rate = std::atof(value);
    if (name == "--ca") options.ca = value;
  }
  if (options.port == 0) {
    std::fprintf(stderr,
                 "usage: %s --port PORT [--targets N] [--connections N] [--seconds S] [--rate N] "
                 "[--ca FILE]\n",
                 program);
    std::exit(2);
  }
  return options;
}

// User and system time of this process.
inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct ProbeCounts {
  long done = 0;
  long failed = 0;
};

// Lets `run_for(seconds)` warm up, then measures it and prints one line of JSON: probes, failures,
// CPU microseconds per probe. `counts` is what it counts in.
template <typename RunFor>
void measure(ProbeCounts& counts, double seconds, RunFor run_for) {
  run_for(0.5);  // caches warm, connections spread
  counts = {};
  const double before = cpu_seconds();
  run_for(seconds);
  std::printf("{\"probes\": %ld, \"failed\": %ld, \"cpu_us\": %.3f}\n", counts.done, counts.failed,
              (cpu_seconds() - before) * 1e6 / static_cast<double>(counts.done));
}

}  // namespace gatewatch::bench
