// How other threads reach a loop thread: a bounded queue of closures that the loop runs in their
// order, woken by a Wakeup. The only thing that crosses threads towards a loop.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "probes/net/network.h"

namespace gatewatch::daemon {

class LoopMailbox {
 public:
  using Letter = std::move_only_function<void()>;

  // On the loop's thread, or before the loop runs. `network` must outlive it. `capacity`: what the
  // letters that wait may weigh together.
  LoopMailbox(net::Network& network, std::size_t capacity);
  // On the loop's thread, or after the loop has ended. Letters that wait are dropped.
  ~LoopMailbox();
  LoopMailbox(const LoopMailbox&) = delete;
  LoopMailbox& operator=(const LoopMailbox&) = delete;

  // Any thread. False where too many wait: the letter is dropped, the caller says so. One whose
  // weight is beyond the capacity is taken where nothing else waits.
  [[nodiscard]] bool post(Letter letter, std::size_t weight = 1);
  [[nodiscard]] std::size_t size() const;  // what those that wait weigh together

 private:
  void deliver();

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::vector<Letter> letters_;  // guarded by mutex_
  std::size_t weight_ = 0;       // of them; guarded by mutex_
  std::unique_ptr<net::Wakeup> wakeup_;
};

}  // namespace gatewatch::daemon
