#include "storage/reader.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace gatewatch::storage {

class Reader::Thread {
 public:
  Thread(std::unique_ptr<Store> store, std::size_t capacity)
      : store_(std::move(store)), capacity_(capacity), thread_([this] { run(); }) {}

  ~Thread() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
    }
    work_.notify_one();
    thread_.join();
  }

  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

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
  std::thread thread_;  // last: it uses everything above
};

Reader::Reader(std::unique_ptr<Store> store, std::size_t capacity)
    : thread_(std::make_unique<Thread>(std::move(store), capacity)) {}

Reader::~Reader() = default;

bool Reader::ask(Question question) {
  return thread_->ask(std::move(question));
}

}  // namespace gatewatch::storage
