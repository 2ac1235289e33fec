#include "daemon/loop_mailbox.h"

#include <utility>

namespace gatewatch::daemon {

LoopMailbox::LoopMailbox(net::Network& network, std::size_t capacity)
    : capacity_(capacity), wakeup_(network.wakeup([this] { deliver(); })) {}

LoopMailbox::~LoopMailbox() = default;

bool LoopMailbox::post(Letter letter) {
  {
    const std::scoped_lock lock(mutex_);
    if (letters_.size() >= capacity_) return false;
    letters_.push_back(std::move(letter));
  }
  wakeup_->notify();
  return true;
}

std::size_t LoopMailbox::size() const {
  const std::scoped_lock lock(mutex_);
  return letters_.size();
}

// Takes what waits now: a letter that posts another does not keep the loop from its sockets.
void LoopMailbox::deliver() {
  std::vector<Letter> letters;
  {
    const std::scoped_lock lock(mutex_);
    letters.swap(letters_);
  }
  for (auto& letter : letters) letter();
}

}  // namespace gatewatch::daemon
