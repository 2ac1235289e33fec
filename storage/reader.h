// Reads for pages and API on a thread and a read-only connection of their own, so that no query
// ever holds a loop or the writer.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>

#include "storage/store.h"

namespace gatewatch::storage {

class Reader {
 public:
  using Question = std::move_only_function<void(Store&)>;

  // `capacity`: questions that may wait. `damaged`: called on the reader's thread, once of a store,
  // when a question found it damaged, with how many were replaced before it. The error: no thread
  // could be made.
  [[nodiscard]] static std::expected<Reader, Error> start(
      std::unique_ptr<Store> store, std::size_t capacity,
      std::function<void(std::uint64_t store)> damaged = [](std::uint64_t) {});
  // Drops the questions that wait, ends the thread after the one at work.
  ~Reader();
  Reader(Reader&&) noexcept;  // what was moved from may only be destroyed
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Drops the questions that wait and ends the thread, as the destructor does; what is asked later
  // is dropped too. Not on the reader's thread.
  void stop();
  // Any thread. Questions that are not at work yet go to this store.
  void replace(std::unique_ptr<Store> store);
  // Any thread. The question runs on the reader's thread; false where too many wait.
  [[nodiscard]] bool ask(Question question);

 private:
  class Thread;
  explicit Reader(std::unique_ptr<Thread> thread);

  std::unique_ptr<Thread> thread_;
};

}  // namespace gatewatch::storage
