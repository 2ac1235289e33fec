// Results as probes of real servers bring them, and how long work takes: for programs that measure.

#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "probes/result.h"

namespace gatewatch::bench {

inline const Timestamp traffic_begin{std::chrono::microseconds(1'795'169'106'123'456)};

inline double processor_seconds() {
  std::timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

// Results as a daemon sees them: every route has its own server, whose times vary around its own
// mean, now and then by far; one in a thousand fails.
class Traffic {
 public:
  Traffic(int routes, std::chrono::microseconds interval, std::chrono::microseconds batch_time)
      : interval_(interval), batch_time_(batch_time) {
    for (int number = 0; number < routes; ++number) {
      Result result;
      result.route = "shop/page-" + std::to_string(number);
      result.region = "eu-west";
      result.status = 200;
      result.last_phase = Phase::Receive;
      result.body_size = 500 + random_() % 100'000;
      result.remote = Endpoint::parse("192.0.2." + std::to_string(number % 250) + ":443");
      result.http_version = "1.1";
      result.tls_version = "TLSv1.3";
      result.tls_cipher = "TLS_AES_256_GCM_SHA384";
      result.certificate = CertificateFacts{traffic_begin - std::chrono::days(30),
                                            traffic_begin + std::chrono::days(60),
                                            "CN=www" + std::to_string(number % 50), "CN=issuer",
                                            std::string(64, static_cast<char>('a' + number % 6))};
      round_trip_us_.push_back(500.0 + static_cast<double>(random_() % 30'000));
      routes_.push_back(std::move(result));
    }
  }

  // All that start within the batch that begins at `time`.
  std::vector<Result> batch(std::chrono::microseconds time) {
    std::vector<Result> results;
    const auto turn = time / interval_;
    const auto count = static_cast<std::int64_t>(routes_.size());
    const auto first = (time % interval_) * count / interval_;
    const auto last = (time % interval_ + batch_time_) * count / interval_;
    for (auto number = first; number < last; ++number) {
      results.push_back(result(static_cast<std::size_t>(number), turn));
    }
    return results;
  }

 private:
  Result result(std::size_t number, std::int64_t turn) {
    auto result = routes_[number];
    result.interval = interval_;
    const auto trip = round_trip_us_[number];
    const auto offset =
        interval_ * static_cast<std::int64_t>(number) / static_cast<std::int64_t>(routes_.size());
    result.started = traffic_begin + turn * interval_ +
                     std::chrono::duration_cast<std::chrono::microseconds>(offset) + varied(150.0);
    result.timings.phases = {varied(random_() % 20 == 0 ? 8'000.0 : 90.0),
                             varied(trip),
                             varied(trip * 1.2 + 900.0),
                             varied(25.0),
                             varied(trip + 20'000.0),
                             varied(trip * 0.3 + 60.0)};
    result.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    if (random_() % 1'000 == 0) {
      result.outcome = Outcome::StatusMismatch;
      result.status = 502;
      result.detail = "The status is 502, expected was 2xx.";
      result.evidence =
          SharedEvidence(Evidence{.head = "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n\r\n"});
    }
    return result;
  }

  // Log-normal around `mean`, one in a hundred up to twenty times as long.
  std::chrono::microseconds varied(double mean) {
    const double tail = random_() % 100 == 0 ? 1.0 + static_cast<double>(random_() % 20) : 1.0;
    return std::chrono::microseconds(std::llround(mean * spread_(random_) * tail));
  }

  std::chrono::microseconds interval_;
  std::chrono::microseconds batch_time_;
  std::mt19937_64 random_{1};
  std::lognormal_distribution<double> spread_{0.0, 0.15};
  std::vector<Result> routes_;
  std::vector<double> round_trip_us_;
};

}  // namespace gatewatch::bench
