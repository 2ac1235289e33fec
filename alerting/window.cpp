#include "alerting/window.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace gatewatch::alerting {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// The newest stretches stay apart from each other, so that what is happening now is told exactly.
constexpr std::size_t exact_tail = 16;
constexpr std::size_t roomy = 48;
// A bucket, and twice what an even stretch may be off, together stay under the promised lateness.
constexpr int cells_per_window = 40;
constexpr int unevenness_divisor = 480;
constexpr int part_of_spacing = 4;

constexpr std::uint32_t longest = std::numeric_limits<std::uint32_t>::max();

}  // namespace

Timestamp Window::Stretch::at(std::uint32_t index) const {
  return first + microseconds(std::int64_t{spacing} * index + late);
}

Timestamp Window::Stretch::oldest() const {
  return is_even() ? at(0) : newest();
}

Timestamp Window::Stretch::newest() const {
  return is_even() ? at(samples - 1)
                   : std::chrono::ceil<milliseconds>(first) + milliseconds(spacing);
}

Counts Window::Stretch::since(Timestamp time) const {
  auto counted = samples;
  if (is_even() && time > at(0)) {
    const auto before = (time - at(0)).count();
    // Without a distance they are all older, and the caller does not ask.
    const auto skipped = spacing == 0 ? samples : (before + spacing - 1) / spacing;
    counted -= static_cast<std::uint32_t>(std::min<std::int64_t>(skipped, samples));
  }
  return {.samples = counted, .matches = is_even() && matches > 0 ? counted : matches};
}

bool Window::Stretch::extend(Timestamp time, bool match, config::Duration length) {
  if (!is_even() || samples == 0 || match != (matches > 0)) return false;
  if (samples == 1) {
    const auto gap = (time - first).count();
    if (gap > longest) return false;
    spacing = static_cast<std::uint32_t>(gap);
  } else {
    const auto off = (time - first).count() - std::int64_t{spacing} * samples;
    const auto allowed = std::min<std::int64_t>(microseconds(length).count() / unevenness_divisor,
                                                spacing / part_of_spacing);
    if (off > allowed || off < -allowed) return false;
    late = static_cast<std::uint32_t>(std::max<std::int64_t>(late, off));
  }
  ++samples;
  if (match) matches = samples;
  return true;
}

void Window::add(Timestamp time, bool match, Timestamp now) {
  expire(now);
  time = std::min(time, now);
  if (time <= now - length_) return;
  if (newest_.samples > 0) time = std::max(time, newest_.newest() - microseconds(newest_.late));
  if (!newest_.extend(time, match, length_)) {
    if (newest_.samples > 0) set_aside();
    newest_ = {.first = time, .samples = 1, .matches = match ? 1U : 0U};
  }
  ++samples_;
  matches_ += match ? 1 : 0;
  if (match != run_matches_) run_ = 0;
  if (run_ == 0) run_since_ = time;
  run_matches_ = match;
  if (run_ < longest) ++run_;
}

void Window::expire(Timestamp now) {
  if (newest_.samples > 0 && newest_.newest() > now + length_) clear();
  while (newest_.samples > 0 && oldest_stretch().oldest() <= now - length_) drop_oldest();
}

void Window::keep_clean_run() {
  if (newest_.matches > 0) newest_ = {};
  samples_ = newest_.samples;
  matches_ = 0;
  if (!older_) return;
  auto& list = older_->list;
  auto kept = list.size();
  if (newest_.samples > 0) {
    for (; kept > older_->begin && list[kept - 1].matches == 0; --kept) {
      samples_ += list[kept - 1].samples;
    }
  }
  older_->begin = kept;
  if (kept == list.size()) older_.reset();
}

Run Window::failing_run() const {
  if (!run_matches_) return {};
  // A run that reaches back beyond the window leaves nothing but matches inside it.
  return {.count = std::min(run_, matches_), .since = run_since_};
}

template <typename Visit>
void Window::newest_first(const Visit& visit) const {
  if (newest_.samples == 0 || !visit(newest_) || !older_) return;
  for (auto index = older_->list.size(); index > older_->begin; --index) {
    if (!visit(older_->list[index - 1])) return;
  }
}

std::optional<Timestamp> Window::first_match() const {
  std::optional<Timestamp> first;
  newest_first([&first](const Stretch& stretch) {
    if (stretch.matches > 0) first = stretch.first;
    return true;
  });
  return first;
}

std::optional<Timestamp> Window::oldest() const {
  if (newest_.samples == 0) return std::nullopt;
  return oldest_stretch().oldest();
}

Counts Window::failing_stretch() const {
  const auto first = first_match();
  if (!first) return {};
  auto counts = counts_since(*first);
  counts.samples -= clean_run();  // the newest match is in the window, and so is what followed it
  return counts;
}

Counts Window::counts_since(Timestamp time) const {
  Counts counts;
  newest_first([&](const Stretch& stretch) {
    if (stretch.newest() < time) return false;
    const auto more = stretch.since(time);
    counts.samples += more.samples;
    counts.matches += more.matches;
    return true;
  });
  return counts;
}

std::size_t Window::stretches() const {
  if (newest_.samples == 0) return 0;
  return 1 + (older_ ? older_->list.size() - older_->begin : 0);
}

const Window::Stretch& Window::oldest_stretch() const {
  return older_ ? older_->list[older_->begin] : newest_;
}

void Window::drop_oldest() {
  auto& stretch = older_ ? older_->list[older_->begin] : newest_;
  const auto leaving = stretch.is_even() ? 1 : stretch.samples;
  const auto matching = stretch.is_even() ? std::min(stretch.matches, 1U) : stretch.matches;
  samples_ -= leaving;
  matches_ -= matching;
  stretch.samples -= leaving;
  stretch.matches -= matching;
  stretch.first += microseconds(stretch.spacing);
  if (stretch.samples > 0 || !older_) return;
  if (++older_->begin == older_->list.size()) older_.reset();
}

// The newest stretch is over: another one begins.
void Window::set_aside() {
  if (!older_) older_ = std::make_unique<Older>();
  if (older_->list.size() + 1 == stretch_limit) make_room();
  older_->list.push_back(newest_);
}

// Buckets are cells of a fixed grid, so that merging again and again never makes one wider; in the
// milliseconds in which a bucket knows its end.
std::int64_t Window::cell(Timestamp time) const {
  return std::chrono::ceil<milliseconds>(time.time_since_epoch()) /
         std::max(microseconds(length_) / cells_per_window, microseconds{1});
}

void Window::make_room() {
  auto& list = older_->list;
  list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(older_->begin));
  older_->begin = 0;
  if (list.size() <= roomy) return;
  std::vector<Stretch> kept;
  kept.reserve(stretch_limit);
  // A part of one stretch, whose newest result leaves at `leaves`, into the bucket of its cell.
  const auto put = [&](const Stretch& part, Timestamp leaves) {
    if (kept.empty() || cell(kept.back().newest()) != cell(leaves))
      kept.push_back({.first = {}, .late = Stretch::bucket});
    auto& bucket = kept.back();
    if (bucket.matches == 0) bucket.first = part.first;
    bucket.samples += part.samples;
    bucket.matches += part.matches;
    const auto span =
        std::chrono::ceil<milliseconds>(leaves) - std::chrono::ceil<milliseconds>(bucket.first);
    bucket.spacing = static_cast<std::uint32_t>(span.count());
  };
  const auto mergeable = list.size() - exact_tail;
  for (std::size_t index = 0; index < mergeable; ++index) {
    const auto& stretch = list[index];
    if (!stretch.is_even()) {
      put(stretch, stretch.newest());
      continue;
    }
    for (std::uint32_t result = 0; result < stretch.samples; ++result) {
      put({.first = stretch.first + microseconds(std::int64_t{stretch.spacing} * result),
           .samples = 1,
           .matches = stretch.matches > 0 ? 1U : 0U},
          stretch.at(result));
    }
  }
  kept.insert(kept.end(), list.end() - static_cast<std::ptrdiff_t>(exact_tail), list.end());
  list = std::move(kept);
}

void Window::clear() {
  *this = Window(length_);
}

}  // namespace gatewatch::alerting
