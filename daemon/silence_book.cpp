#include "daemon/silence_book.h"

#include <algorithm>
#include <utility>

namespace gatewatch::daemon {
namespace {

constexpr std::uint32_t most_silences = 10'000;

}  // namespace

std::optional<Error> SilenceBook::load(storage::Store& store) {
  const auto newest = store.silences({.from = {}, .before = {}, .limit = 1});
  if (!newest) return newest.error();
  if (!newest->empty()) last_ = std::max(last_, newest->front().id);
  auto silences = store.silences({.from = clock_.wall_now(), .before = {}, .limit = most_silences});
  if (!silences) return std::move(silences.error());
  silences_ = *std::move(silences);
  return std::nullopt;
}

storage::SilenceRecord SilenceBook::add(storage::SilenceRecord silence) {
  forget_what_is_over(clock_.wall_now());
  silence.id = ++last_;
  silences_.push_back(silence);
  changed_(silence);
  return silence;
}

std::optional<storage::SilenceRecord> SilenceBook::end(std::int64_t id) {
  const auto now = clock_.wall_now();
  const auto found = std::ranges::find(silences_, id, &storage::SilenceRecord::id);
  if (found == silences_.end() || found->ends <= now) return std::nullopt;
  found->ends = now;
  // One that would have begun later never did.
  found->starts = std::min(found->starts, now);
  auto ended = *found;
  forget_what_is_over(now);
  changed_(ended);
  return ended;
}

void SilenceBook::forget_what_is_over(Timestamp now) {
  std::erase_if(silences_, [now](const auto& silence) { return silence.ends <= now; });
}

}  // namespace gatewatch::daemon
