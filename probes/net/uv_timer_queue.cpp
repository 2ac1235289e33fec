#include "probes/net/uv_timer_queue.h"

#include <algorithm>

namespace gatewatch::net {

void UvTimerQueue::open(uv_loop_t& loop) {
  timer_ = std::make_unique<uv_timer_t>();
  uv_timer_init(&loop, timer_.get());
  timer_->data = this;
}

void UvTimerQueue::close() {
  if (timer_ == nullptr) return;
  uv_close(reinterpret_cast<uv_handle_t*>(timer_.release()),
           [](uv_handle_t* closed) noexcept { delete reinterpret_cast<uv_timer_t*>(closed); });
}

void UvTimerQueue::set(Entry& entry, std::uint64_t due_ns) {
  remove(entry);
  entry.due_ns_ = due_ns;
  heap_.push_back(&entry);
  entry.place_ = heap_.size() - 1;
  sift_up(entry.place_);
  if (heap_.front() == &entry && (armed_ns_ == 0 || due_ns < armed_ns_)) arm();
}

void UvTimerQueue::remove(Entry& entry) {
  if (entry.place_ != Entry::nowhere) take_out(entry.place_);
}

void UvTimerQueue::put(Entry& entry, std::size_t place) {
  heap_[place] = &entry;
  entry.place_ = place;
}

void UvTimerQueue::sift_up(std::size_t place) {
  Entry& entry = *heap_[place];
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (heap_[parent]->due_ns_ <= entry.due_ns_) break;
    put(*heap_[parent], place);
    place = parent;
  }
  put(entry, place);
}

void UvTimerQueue::sift_down(std::size_t place) {
  Entry& entry = *heap_[place];
  while (true) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1]->due_ns_ < heap_[child]->due_ns_) ++child;
    if (entry.due_ns_ <= heap_[child]->due_ns_) break;
    put(*heap_[child], place);
    place = child;
  }
  put(entry, place);
}

void UvTimerQueue::take_out(std::size_t place) {
  heap_[place]->place_ = Entry::nowhere;
  Entry& last = *heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  put(last, place);
  sift_up(place);
  sift_down(last.place_);
}

// What becomes due while others fire waits for the loop's next turn.
void UvTimerQueue::fire_due() {
  armed_ns_ = 0;
  const std::uint64_t now_ns = uv_hrtime();
  while (!heap_.empty() && heap_.front()->due_ns_ <= now_ns) {
    Entry& entry = *heap_.front();
    take_out(0);
    entry.fire();
  }
  if (!heap_.empty()) arm();
}

// After a removal the timer may come too early: it then finds nothing due, and is set again.
void UvTimerQueue::arm() {
  armed_ns_ = heap_.front()->due_ns_;
  // libuv counts from its cached time in whole milliseconds, which may lie in the past.
  uv_update_time(timer_->loop);
  const std::uint64_t due_ms = (armed_ns_ + 999'999) / 1'000'000;
  const std::uint64_t now_ms = uv_now(timer_->loop);
  uv_timer_start(
      timer_.get(),
      [](uv_timer_t* handle) noexcept { static_cast<UvTimerQueue*>(handle->data)->fire_due(); },
      due_ms - std::min(due_ms, now_ms), 0);
}

}  // namespace gatewatch::net
