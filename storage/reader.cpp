#include "storage/reader.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "probes/net/thread.h"

namespace gatewatch::storage {

class Reader::Thread {
 public:
  Thread(std::unique_ptr<Store> store, std::size_t capacity)
      : store_(std::move(store)), capacity_(capacity) {}

  ~Thread() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    work_.notify_one();
  }

  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  std::optional<Error> start() {
    return net::start_thread(thread_, "reader", [this] { run(); });
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
      work_.wait(lock, [this] { return stopping_ || !questions_.empty(); });
      if (stopping_) return;
      auto question = std::move(questions_.front());
      questions_.pop_front();
      lock.unlock();
      question(*store_);
      question = nullptr;  // what it holds is let go of without the lock
      lock.lock();
    }
  }

  const std::unique_ptr<Store> store_;  // the thread's alone
  const std::size_t capacity_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Question> questions_;
  bool stopping_ = false;
  std::jthread thread_;  // last: it uses everything above, and is joined first
};

std::expected<Reader, Error> Reader::start(std::unique_ptr<Store> store, std::size_t capacity) {
  auto thread = std::make_unique<Thread>(std::move(store), capacity);
  if (auto error = thread->start()) return std::unexpected(std::move(*error));
  return Reader(std::move(thread));
}

Reader::Reader(std::unique_ptr<Thread> thread) : thread_(std::move(thread)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;

bool Reader::ask(Question question) {
  return thread_->ask(std::move(question));
}

}  // namespace gatewatch::storage
