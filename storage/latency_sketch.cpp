#include "storage/latency_sketch.h"

#include <algorithm>
#include <bit>
#include <span>

#include "storage/byte_stream.h"

namespace gatewatch::storage {

namespace {

// Of each power of two that has buckets wider than a microsecond.
constexpr LatencyBucket buckets_per_octave = 32;
constexpr LatencyBucket exact_buckets = 2 * buckets_per_octave;

// Without the zeros at both ends, whose number is no property of the sketch.
std::span<const std::uint64_t> trimmed(const std::vector<std::uint64_t>& counts) {
  const auto is_used = [](std::uint64_t count) { return count != 0; };
  const auto first = std::ranges::find_if(counts, is_used);
  const auto last = std::find_if(counts.rbegin(), std::make_reverse_iterator(first), is_used);
  return {first, last.base()};
}

}  // namespace

LatencyBucket latency_bucket(std::chrono::microseconds duration) {
  const auto value = static_cast<std::uint32_t>(
      std::clamp(duration, std::chrono::microseconds(0), longest_latency).count());
  if (value < exact_buckets) return value;
  const auto shift = static_cast<LatencyBucket>(std::bit_width(value / exact_buckets));
  return buckets_per_octave * shift + (value >> shift);
}

std::chrono::microseconds bucket_latency(LatencyBucket bucket) {
  if (bucket < exact_buckets) return std::chrono::microseconds(bucket);
  const auto shift = bucket / buckets_per_octave - 1;
  const std::uint64_t twice = 2 * (bucket - buckets_per_octave * shift) + 1;
  return std::chrono::microseconds(twice << shift >> 1);
}

void LatencySketch::cover(LatencyBucket first, LatencyBucket last) {
  if (counts_.empty()) first_ = first;
  if (first < first_) {
    counts_.insert(counts_.begin(), first_ - first, 0);
    first_ = first;
  }
  if (last >= first_ + counts_.size()) counts_.resize(last - first_ + 1);
}

void LatencySketch::add(LatencyBucket bucket, std::uint64_t count) {
  if (count == 0) return;
  cover(bucket, bucket);
  counts_[bucket - first_] += count;
  count_ += count;
}

void LatencySketch::merge(const LatencySketch& other) {
  const auto used = trimmed(other.counts_);
  if (used.empty()) return;
  const auto first = other.first_ + static_cast<LatencyBucket>(used.data() - other.counts_.data());
  cover(first, first + static_cast<LatencyBucket>(used.size()) - 1);
  for (std::size_t index = 0; index < used.size(); ++index) {
    counts_[first - first_ + index] += used[index];
  }
  count_ += other.count_;
}

std::optional<std::chrono::microseconds> LatencySketch::quantile(unsigned percent) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = quantile_rank(count_, percent);
  std::uint64_t below = 0;
  auto bucket = first_;
  for (const auto count : counts_) {
    below += count;
    if (below > rank) break;
    ++bucket;
  }
  return bucket_latency(bucket);
}

void LatencySketch::write(std::string& bytes) const {
  const auto used = trimmed(counts_);
  if (used.empty()) return;
  put_number(bytes, first_ + static_cast<std::uint64_t>(used.data() - counts_.data()));
  for (std::size_t index = 0; index < used.size(); ++index) {
    put_number(bytes, used[index]);
    if (used[index] != 0) continue;
    const auto next =
        std::ranges::find_if(used.subspan(index), [](auto count) { return count != 0; });
    const auto more = static_cast<std::size_t>(next - used.begin()) - index - 1;
    put_number(bytes, more);
    index += more;
  }
}

bool LatencySketch::add_written(std::string_view bytes) {
  if (bytes.empty()) return true;
  const auto first = take_number(bytes);
  if (!first || *first >= latency_bucket_count) return false;
  if (bytes.empty()) return false;  // a first bucket, and none
  auto bucket = static_cast<LatencyBucket>(*first);
  // No bucket takes less than a byte, but for runs of empty ones.
  const auto most =
      static_cast<LatencyBucket>(std::min<std::size_t>(bytes.size(), latency_bucket_count));
  cover(bucket, std::min<LatencyBucket>(bucket + most, latency_bucket_count) - 1);
  while (!bytes.empty()) {
    const auto count = take_number(bytes);
    if (!count || bucket >= latency_bucket_count) return false;
    if (*count == 0) {
      const auto more = take_number(bytes);
      if (!more || *more >= latency_bucket_count) return false;
      bucket += static_cast<LatencyBucket>(*more) + 1;
      continue;
    }
    // Pages add up some ten million buckets: nothing but this for each of them.
    if (bucket - first_ >= counts_.size()) cover(bucket, bucket);
    counts_[bucket - first_] += *count;
    count_ += *count;
    ++bucket;
  }
  return true;
}

bool operator==(const LatencySketch& left, const LatencySketch& right) {
  const auto left_used = trimmed(left.counts_);
  const auto right_used = trimmed(right.counts_);
  if (!std::ranges::equal(left_used, right_used)) return false;
  if (left_used.empty()) return true;
  return left.first_ + (left_used.data() - left.counts_.data()) ==
         right.first_ + (right_used.data() - right.counts_.data());
}

}  // namespace gatewatch::storage
