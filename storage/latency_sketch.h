// How durations are distributed, in little space: how many fell into each of 896 buckets, so that a
// quantile is at most 1/64 (1.6 %) away from the duration that has that rank, and two sketches add
// up to the sketch of both. DDSketch (Masson, Rim, Lee: A Fast and Fully-Mergeable Quantile Sketch
// with Relative-Error Guarantees, VLDB 2019) with buckets that are even within each power of two,
// as HdrHistogram has them: a fifth more than with a logarithm, but shifts find them, the same on
// every machine and in SQL. Durations below 64 µs are exact; those of an hour and more count as an
// hour, so nothing ever collapses. Pure.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatewatch::storage {

using LatencyBucket = std::uint32_t;
inline constexpr LatencyBucket latency_bucket_count = 896;
inline constexpr std::chrono::microseconds longest_latency = std::chrono::hours(1);
inline constexpr double latency_relative_error = 1.0 / 64;

// Negative durations are in the first bucket.
[[nodiscard]] LatencyBucket latency_bucket(std::chrono::microseconds duration);
// The middle of the bucket, which must be one: what stands for all of it.
[[nodiscard]] std::chrono::microseconds bucket_latency(LatencyBucket bucket);
// The place of the quantile among `count` values in their order, from 0 on: nearest rank, so that
// it is a value that was there. `count` is at least 1, `percent` 1 to 100.
[[nodiscard]] constexpr std::uint64_t quantile_rank(std::uint64_t count, unsigned percent) {
  return (count / 100 * percent + (count % 100 * percent + 99) / 100) - 1;
}

class LatencySketch {
 public:
  void add(LatencyBucket bucket, std::uint64_t count = 1);
  void merge(const LatencySketch& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  // Calls `visit(bucket, count)` for each bucket that holds any, the least first.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (LatencyBucket index = 0; index < counts_.size(); ++index) {
      if (counts_[index] != 0) visit(first_ + index, counts_[index]);
    }
  }
  // nullopt: it is empty.
  [[nodiscard]] std::optional<std::chrono::microseconds> quantile(unsigned percent) const;

  // The first bucket, then the count of each; a count of 0 is followed by how many more are 0.
  void write(std::string& bytes) const;
  // Adds what write() made of a sketch, all of `bytes`. Trusts nothing: false where it is none, and
  // then some of it may have been added.
  [[nodiscard]] bool add_written(std::string_view bytes);

  friend bool operator==(const LatencySketch& left, const LatencySketch& right);

 private:
  // Makes place for them.
  void cover(LatencyBucket first, LatencyBucket last);

  LatencyBucket first_ = 0;            // of counts_
  std::vector<std::uint64_t> counts_;  // of consecutive buckets; may begin and end with zeros
  std::uint64_t count_ = 0;
};

}  // namespace gatewatch::storage
