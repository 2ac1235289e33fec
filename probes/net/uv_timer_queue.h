// All timers of one loop: a binary heap of due times under a single uv_timer_t. Most timers of a
// probe are deadlines that never come, so stopping one costs a few moves in an array.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <uv.h>

namespace gatewatch::net {

// Belongs to the loop's thread.
class UvTimerQueue {
 public:
  class Entry {
   public:
    virtual ~Entry() = default;
    virtual void fire() = 0;  // it has left the queue, and may be destroyed

   private:
    friend class UvTimerQueue;
    static constexpr std::size_t nowhere = SIZE_MAX;
    std::uint64_t due_ns_ = 0;
    std::size_t place_ = nowhere;  // in the heap
  };

  UvTimerQueue() = default;
  UvTimerQueue(const UvTimerQueue&) = delete;
  UvTimerQueue& operator=(const UvTimerQueue&) = delete;

  void open(uv_loop_t& loop);
  void close();  // the loop has to run for a turn after it

  // At `due_ns` of uv_hrtime() or up to a millisecond later. Moves an entry that waits already.
  void set(Entry& entry, std::uint64_t due_ns);
  void remove(Entry& entry);  // of one that does not wait: nothing
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  void sift_up(std::size_t place);
  void sift_down(std::size_t place);
  void put(Entry& entry, std::size_t place);
  void take_out(std::size_t place);
  void fire_due();
  void arm();

  std::unique_ptr<uv_timer_t> timer_;
  std::uint64_t armed_ns_ = 0;  // what the timer was set to; 0: it is not running
  std::vector<Entry*> heap_;    // each is due no later than its children, 2i + 1 and 2i + 2
};

}  // namespace gatewatch::net
