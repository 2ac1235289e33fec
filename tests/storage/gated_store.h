// A store whose writer can be held, made to fail, and watched from the test's thread.

#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/store.h"

namespace gatewatch::tests {

// What the store has seen. Read it inside Gate::wait_until(), or through Gate::seen().
struct Seen {
  std::uint64_t calls = 0;                        // begun, of write() and forgetting
  std::uint64_t failures = 0;                     // of these
  std::vector<storage::Batch> batches;            // written
  std::vector<std::uint32_t> forgotten;           // by each step, as many as there were
  std::vector<std::uint32_t> forgotten_evidence;  // as those
  std::vector<std::uint64_t> compacted;           // by each step
  std::vector<Timestamp> rolled_up;               // asked for by each step
  std::vector<Timestamp> rollups_forgotten;
};

// The test's hand on a store that belongs to another thread.
class Gate {
 public:
  void hold();  // calls that come from now on wait until release()
  void release();
  // The next calls fail.
  void fail(std::uint64_t calls, storage::Trouble trouble = storage::Trouble::Other);
  void be_short_of_space(bool is_short);  // whether results are refused, and nothing else
  void fail_compacting(std::uint64_t calls);
  void keep_old(std::uint32_t results);  // what forget_results() finds to delete;
                                         // a byte each beside 1,000 others
  void keep_old_evidence(std::uint32_t items);
  void keep_due(std::uint64_t hours);  // what roll_up() finds to do, one by one
  void fail_rolling_up(std::uint64_t calls);
  void keep_loose(std::uint64_t results);  // what compact_results() finds to do
  // Until `predicate` holds, looked at after each change; false after a minute.
  [[nodiscard]] bool wait_until(const std::function<bool(const Seen&)>& predicate);
  [[nodiscard]] Seen seen();

  // A store of which this gate must outlive every call.
  [[nodiscard]] std::unique_ptr<storage::Store> store();

 private:
  class GatedStore;

  // Waits while held; false where this call has to fail.
  [[nodiscard]] bool enter(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  std::uint64_t failures_due_ = 0;
  storage::Trouble failure_ = storage::Trouble::Other;
  storage::Trouble trouble_ = storage::Trouble::None;
  bool short_of_space_ = false;
  std::uint32_t old_results_ = 0;
  std::uint32_t old_evidence_ = 0;
  std::uint64_t loose_results_ = 0;
  std::uint64_t due_hours_ = 0;
  std::uint64_t rolling_up_failures_due_ = 0;
  std::uint64_t compacting_failures_due_ = 0;
  Seen seen_;
};

}  // namespace gatewatch::tests
