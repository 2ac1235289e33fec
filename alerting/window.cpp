#include "alerting/window.h"

#include <algorithm>

namespace gatewatch::alerting {
namespace {

// The newest results stay apart from each other, so that what is happening now is told exactly.
constexpr std::size_t exact_tail = 16;
constexpr std::size_t roomy = 48;

}  // namespace

Window::Window(config::Duration length)
    : length_(length),
      bucket_width_(std::max(length_ / buckets_per_window, std::chrono::microseconds{1})) {}

void Window::add(Timestamp time, bool match, Timestamp now) {
  expire(now);
  time = std::min(time, now);
  if (time <= now - length_) return;
  if (buckets() > 0) time = std::max(time, buckets_.back().last);
  if (buckets_.size() == bucket_limit) make_room();
  buckets_.push_back({.last = time, .first_match = time, .samples = 1, .matches = match ? 1U : 0U});
  ++counts_.samples;
  if (match) {
    ++counts_.matches;
    if (failing_run_.count == 0) failing_run_.since = time;
    ++failing_run_.count;
    clean_run_ = 0;
  } else {
    failing_run_ = {};
    ++clean_run_;
  }
}

void Window::expire(Timestamp now) {
  if (buckets() > 0 && buckets_.back().last > now + length_) clear();
  while (buckets() > 0 && buckets_[oldest_].last <= now - length_) {
    counts_.samples -= buckets_[oldest_].samples;
    counts_.matches -= buckets_[oldest_].matches;
    ++oldest_;
  }
  if (buckets() == 0) {
    buckets_.clear();
    oldest_ = 0;
  }
}

void Window::keep_clean_run() {
  auto kept = buckets_.size();
  counts_ = {};
  for (; kept > oldest_ && buckets_[kept - 1].matches == 0; --kept) {
    counts_.samples += buckets_[kept - 1].samples;
  }
  oldest_ = kept;
}

Run Window::failing_run() const {
  // A run that reaches back beyond the window leaves nothing but matches inside it.
  return {.count = std::min(failing_run_.count, counts_.matches), .since = failing_run_.since};
}

std::optional<Timestamp> Window::first_match() const {
  for (auto index = oldest_; index < buckets_.size(); ++index) {
    if (buckets_[index].matches > 0) return buckets_[index].first_match;
  }
  return std::nullopt;
}

Counts Window::failing_stretch() const {
  const auto first = first_match();
  if (!first) return {};
  auto counts = counts_since(*first);
  counts.samples -= clean_run_;  // the newest match is in the window, and so is what followed it
  return counts;
}

Counts Window::counts_since(Timestamp time) const {
  Counts counts;
  for (auto index = buckets_.size(); index > oldest_ && buckets_[index - 1].last >= time; --index) {
    counts.samples += buckets_[index - 1].samples;
    counts.matches += buckets_[index - 1].matches;
  }
  return counts;
}

// Buckets are cells of a fixed grid, so that merging again and again never makes one wider.
std::int64_t Window::cell(const Bucket& bucket) const {
  return bucket.last.time_since_epoch() / bucket_width_;
}

void Window::make_room() {
  buckets_.erase(buckets_.begin(), buckets_.begin() + static_cast<std::ptrdiff_t>(oldest_));
  oldest_ = 0;
  if (buckets_.size() <= roomy) return;
  const auto mergeable = buckets_.size() - exact_tail;
  std::size_t kept = 0;
  for (std::size_t index = 1; index < buckets_.size(); ++index) {
    const auto& bucket = buckets_[index];
    auto& newest = buckets_[kept];
    if (index >= mergeable || cell(bucket) != cell(newest)) {
      buckets_[++kept] = bucket;
      continue;
    }
    if (newest.matches == 0) newest.first_match = bucket.first_match;
    newest.last = bucket.last;
    newest.samples += bucket.samples;
    newest.matches += bucket.matches;
  }
  buckets_.resize(kept + 1);
}

void Window::clear() {
  buckets_.clear();
  oldest_ = 0;
  counts_ = {};
  failing_run_ = {};
  clean_run_ = 0;
}

}  // namespace gatewatch::alerting
