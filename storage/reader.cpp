#include "storage/reader.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "probes/net/thread.h"

namespace gatewatch::storage {

class Reader::Thread {
 public:
  Thread(std::unique_ptr<Store> store, std::size_t capacity,
         std::function<void(std::uint64_t)> damaged)
      : store_(std::move(store)), capacity_(capacity), damaged_(std::move(damaged)) {}

  ~Thread() { stop(); }

  void stop() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    work_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  std::optional<Error> start() {
    return net::start_thread(thread_, "reader", [this] { run(); });
  }

  void replace(std::unique_ptr<Store> store) {
    {
      const std::scoped_lock lock(mutex_);
      next_store_ = std::move(store);
      ++offered_;
    }
    work_.notify_one();
  }

  bool ask(Question question) {
    {
      const std::scoped_lock lock(mutex_);
      if (questions_.size() >= capacity_) return false;
      questions_.push_back(std::move(question));
    }
    work_.notify_one();
    return true;
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      work_.wait(lock, [this] { return stopping_ || next_store_ || !questions_.empty(); });
      if (stopping_) return;
      if (next_store_) take_next_store(lock);
      if (questions_.empty()) continue;
      auto question = std::move(questions_.front());
      questions_.pop_front();
      lock.unlock();
      question(*store_);
      question = nullptr;  // what it holds is let go of without the lock
      const bool is_damaged = needs_replacement(store_->trouble());
      if (is_damaged && !std::exchange(told_damaged_, true)) damaged_(replaced_);
      lock.lock();
    }
  }

  void take_next_store(std::unique_lock<std::mutex>& lock) {
    auto before = std::exchange(store_, std::exchange(next_store_, nullptr));
    told_damaged_ = false;
    replaced_ = offered_;
    lock.unlock();
    before.reset();  // which may take its time
    lock.lock();
  }

  std::unique_ptr<Store> store_;  // the thread's alone
  bool told_damaged_ = false;     // likewise
  std::uint64_t replaced_ = 0;    // likewise: how many stores there were before it
  const std::size_t capacity_;
  const std::function<void(std::uint64_t)> damaged_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Question> questions_;
  std::unique_ptr<Store> next_store_;  // null: no other
  std::uint64_t offered_ = 0;          // how many there were
  bool stopping_ = false;
  std::jthread thread_;  // last: it uses everything above, and is joined first
};

std::expected<Reader, Error> Reader::start(std::unique_ptr<Store> store, std::size_t capacity,
                                           std::function<void(std::uint64_t)> damaged) {
  auto thread = std::make_unique<Thread>(std::move(store), capacity, std::move(damaged));
  if (auto error = thread->start()) return std::unexpected(std::move(*error));
  return Reader(std::move(thread));
}

Reader::Reader(std::unique_ptr<Thread> thread) : thread_(std::move(thread)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;

void Reader::stop() {
  thread_->stop();
}

void Reader::replace(std::unique_ptr<Store> store) {
  thread_->replace(std::move(store));
}

bool Reader::ask(Question question) {
  return thread_->ask(std::move(question));
}

}  // namespace gatewatch::storage
