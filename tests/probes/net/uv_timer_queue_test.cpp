#include "probes/net/uv_timer_queue.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "probes/net/uv_loop.h"

namespace gatewatch::net {
namespace {

class Noted final : public UvTimerQueue::Entry {
 public:
  Noted(std::vector<std::uint64_t>& fired, std::uint64_t due) : due_ns(due), fired_(fired) {}
  void fire() override {
    CHECK(uv_hrtime() >= due_ns);
    fired_.push_back(due_ns);
  }

  std::uint64_t due_ns;

 private:
  std::vector<std::uint64_t>& fired_;
};

TEST_CASE("entries fire in the order of their due times, however they were set and removed") {
  const auto seed = std::random_device{}();
  MESSAGE("GATEWATCH_SEED=" << seed);
  std::mt19937 random(seed);
  const auto loop = UvLoop::create().value();
  auto& timers = loop->timers();
  std::vector<std::uint64_t> fired;
  std::vector<std::uint64_t> expected;
  std::vector<std::unique_ptr<Noted>> entries;
  const std::uint64_t now_ns = uv_hrtime();
  const auto some_time = [&] { return now_ns + random() % 30'000'000; };
  for (int count = 0; count < 500; ++count) {
    entries.push_back(std::make_unique<Noted>(fired, some_time()));
    timers.set(*entries.back(), entries.back()->due_ns);
  }
  for (const auto& entry : entries) {
    const auto fate = random() % 3;
    if (fate == 0) {
      timers.remove(*entry);
      timers.remove(*entry);
      continue;
    }
    if (fate == 1) {
      entry->due_ns = some_time();
      timers.set(*entry, entry->due_ns);
    }
    expected.push_back(entry->due_ns);
  }
  CHECK(timers.size() == expected.size());
  while (timers.size() > 0) uv_run(loop->get(), UV_RUN_ONCE);
  std::ranges::sort(expected);
  CHECK(fired == expected);
  CHECK(loop->close() == 0);
}

TEST_CASE("an earlier entry is not kept waiting by a later one, nor a later one lost with it") {
  const auto loop = UvLoop::create().value();
  auto& timers = loop->timers();
  std::vector<std::uint64_t> fired;
  const std::uint64_t now_ns = uv_hrtime();
  Noted never(fired, now_ns + 3'600'000'000'000);
  Noted removed(fired, now_ns + 1'000'000);
  Noted soon(fired, now_ns + 5'000'000);
  timers.set(never, never.due_ns);
  timers.set(removed, removed.due_ns);
  timers.set(soon, soon.due_ns);
  timers.remove(removed);
  while (fired.empty()) uv_run(loop->get(), UV_RUN_ONCE);
  CHECK(fired == std::vector<std::uint64_t>{soon.due_ns});
  CHECK(timers.size() == 1);
  timers.remove(never);
  CHECK(loop->close() == 0);
}

}  // namespace
}  // namespace gatewatch::net
