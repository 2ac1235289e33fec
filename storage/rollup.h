// What a minute, an hour or a day of one route seen from one region comes to. Two of them add up.
// Pure.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "probes/result.h"
#include "storage/latency_sketch.h"
#include "storage/uptime.h"

namespace gatewatch::storage {

inline constexpr std::size_t minutes_per_hour = 60;

// What probes ended in.
struct Answer {
  Outcome outcome = Outcome::Ok;
  int status = 0;
  bool scheduled = true;  // and outside maintenance

  // Whether its duration is among the latencies: an answer that is right but for its time. Those
  // of failures tell of refusals and deadlines, and would hide how slow the good ones are.
  [[nodiscard]] bool is_timed() const {
    return scheduled && (outcome == Outcome::Ok || outcome == Outcome::Slow);
  }
  friend auto operator<=>(const Answer&, const Answer&) = default;
};

struct AnswerCount {
  Answer answer{};
  std::uint64_t count = 0;

  friend bool operator==(const AnswerCount&, const AnswerCount&) = default;
};

struct Rollup {
  std::vector<AnswerCount> answers{};  // in their order, each once
  Uptime uptime{};                     // not of a minute: 0
  LatencySketch latency{};
  // The least and the greatest latency; not of a minute: nullopt.
  std::optional<std::chrono::microseconds> shortest{};
  std::optional<std::chrono::microseconds> longest{};

  [[nodiscard]] bool empty() const {
    return answers.empty() && uptime.known == std::chrono::microseconds(0);
  }
  [[nodiscard]] std::uint64_t results() const;
  // But for those of a blind region and of maintenance.
  [[nodiscard]] std::uint64_t scheduled() const;
  [[nodiscard]] std::uint64_t good() const;  // scheduled and ok

  void add(const Answer& answer, std::uint64_t count);
  void add_latency_range(std::optional<std::chrono::microseconds> least,
                         std::optional<std::chrono::microseconds> greatest);
  void merge(const Rollup& other);

  friend bool operator==(const Rollup&, const Rollup&) = default;
};

// A result as far as rollups look at it.
struct RollupSample {
  UptimeSample sample{};
  ProbeKind kind = ProbeKind::Scheduled;
  int status = 0;
  std::chrono::microseconds duration{0};

  [[nodiscard]] Answer answer() const {
    return {sample.outcome, status, kind == ProbeKind::Scheduled && !sample.maintenance};
  }
};
[[nodiscard]] RollupSample rollup_sample_of(const Result& result);

struct HourRollup {
  Rollup hour{};
  std::array<Rollup, minutes_per_hour> minutes{};
};

// Of the hour that begins at `begin`, up to `until`. `samples`: of one route and region, in the
// order of time; they have to include the scheduled ones that stand at `begin`, see uptime.h.
[[nodiscard]] HourRollup roll_up_hour(std::span<const RollupSample> samples, Timestamp begin,
                                      Timestamp until);

}  // namespace gatewatch::storage
