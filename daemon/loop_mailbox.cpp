#include "daemon/loop_mailbox.h"

#include <algorithm>
#include <utility>

namespace gatewatch::daemon {

LoopMailbox::LoopMailbox(net::Network& network, std::size_t capacity)
    : capacity_(capacity), wakeup_(network.wakeup([this] { deliver(); })) {}

LoopMailbox::~LoopMailbox() = default;

bool LoopMailbox::post(Letter letter, std::size_t weight) {
  {
    const std::scoped_lock lock(mutex_);
    if (weight_ > 0 && weight > capacity_ - std::min(capacity_, weight_)) return false;
    letters_.push_back(std::move(letter));
    weight_ += weight;
  }
  wakeup_->notify();
  return true;
}

std::size_t LoopMailbox::size() const {
  const std::scoped_lock lock(mutex_);
  return weight_;
}

// Takes what waits now: a letter that posts another does not keep the loop from its sockets.
void LoopMailbox::deliver() {
  std::vector<Letter> letters;
  {
    const std::scoped_lock lock(mutex_);
    letters.swap(letters_);
    weight_ = 0;
  }
  for (auto& letter : letters) letter();
}

}  // namespace gatewatch::daemon
