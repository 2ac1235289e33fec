// While one lives, the operating system really refuses every new thread of this process: each would
// get a stack larger than the address space. Needs no other user and no child process.

#pragma once

#include <cstddef>
#include <pthread.h>

#include <doctest/doctest.h>

namespace gatewatch::tests {

class ThreadFamine {
 public:
  ThreadFamine() {
    REQUIRE(pthread_getattr_default_np(&attributes_) == 0);
    REQUIRE(pthread_attr_getstacksize(&attributes_, &before_) == 0);
    set(std::size_t{1} << 47);
  }
  ~ThreadFamine() {
    set(before_);
    pthread_attr_destroy(&attributes_);
  }
  ThreadFamine(const ThreadFamine&) = delete;
  ThreadFamine& operator=(const ThreadFamine&) = delete;

 private:
  void set(std::size_t stack) {
    CHECK(pthread_attr_setstacksize(&attributes_, stack) == 0);
    CHECK(pthread_setattr_default_np(&attributes_) == 0);
  }

  pthread_attr_t attributes_{};
  std::size_t before_ = 0;
};

}  // namespace gatewatch::tests
