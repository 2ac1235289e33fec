#include "storage/reader.h"

#include <atomic>
#include <future>
#include <thread>

#include <doctest/doctest.h>

#include "tests/contracts/records_samples.h"
#include "tests/fakes/memory_store.h"
#include "tests/fakes/thread_famine.h"
#include "tests/storage/gated_store.h"

using namespace gatewatch;
using storage::Reader;
using storage::Store;

namespace {

std::unique_ptr<Store> store_with_one_result() {
  auto store = std::make_unique<tests::MemoryStore>();
  REQUIRE(store->write({.results = {tests::sample_result("a", tests::sample_time())}}).has_value());
  return store;
}

// Holds the reader's thread until it is destroyed.
class Hold {
 public:
  explicit Hold(Reader& reader) {
    std::promise<void> begun;
    auto began = begun.get_future();
    REQUIRE(reader.ask([begun = std::move(begun), end = end_.get_future()](Store&) mutable {
      begun.set_value();
      end.wait();
    }));
    began.wait();
  }
  ~Hold() { end_.set_value(); }

 private:
  std::promise<void> end_;
};

}  // namespace

TEST_CASE("a question is answered on the reader's thread") {
  auto reader = Reader::start(store_with_one_result(), 10).value();
  std::promise<std::pair<std::size_t, std::thread::id>> promise;
  auto answer = promise.get_future();
  REQUIRE(reader.ask([&promise](Store& store) {
    promise.set_value({store.results({})->size(), std::this_thread::get_id()});
  }));
  const auto [count, thread] = answer.get();
  CHECK(count == 1);
  CHECK(thread != std::this_thread::get_id());
}

TEST_CASE("questions are answered in their order; too many are refused") {
  std::vector<int> answered;
  std::promise<void> promise;
  auto all = promise.get_future();
  auto reader = Reader::start(store_with_one_result(), 3).value();
  {
    const Hold hold(reader);
    for (const int number : {1, 2}) {
      CHECK(reader.ask([&answered, number](Store&) { answered.push_back(number); }));
    }
    CHECK(reader.ask([&promise](Store&) { promise.set_value(); }));
    CHECK_FALSE(reader.ask([](Store&) {}));
  }
  all.wait();
  CHECK(answered == std::vector{1, 2});
  // There is room again.
  std::promise<void> again;
  CHECK(reader.ask([&again](Store&) { again.set_value(); }));
  again.get_future().wait();
}

TEST_CASE("the end of a reader waits for the question at work, and lets go of those that wait") {
  bool finished = false;
  const auto token = std::make_shared<int>(0);
  std::promise<void> begun;
  std::promise<void> ending;
  {
    auto reader = Reader::start(store_with_one_result(), 10).value();
    REQUIRE(reader.ask([&](Store&) {
      begun.set_value();
      ending.get_future().wait();
      finished = true;
    }));
    begun.get_future().wait();
    REQUIRE(reader.ask([token](Store&) {}));
    ending.set_value();
  }
  CHECK(finished);
  CHECK(token.use_count() == 1);
}

TEST_CASE("a reader without its thread is an error that says so") {
  const tests::ThreadFamine famine;
  const auto reader = Reader::start(store_with_one_result(), 10);
  REQUIRE_FALSE(reader.has_value());
  CHECK(reader.error().message.starts_with("the thread reader cannot be started: "));
}

TEST_CASE("a damaged store is told once, and questions go to the one that replaces it") {
  tests::Gate gate;
  tests::Gate next;
  std::atomic<std::uint64_t> told = 0;
  const auto tell = [&told](std::uint64_t store) { told += 1 + 10 * store; };
  auto reader = Reader::start(gate.store(), 10, tell).value();
  gate.fail(2, storage::Trouble::Damaged);
  next.fail(2, storage::Trouble::Damaged);
  const auto ask = [&reader](auto question) {
    std::promise<std::size_t> promise;
    auto answer = promise.get_future();
    REQUIRE(reader.ask(
        [&promise, question](Store& store) mutable { promise.set_value(question(store)); }));
    return answer.get();
  };
  const auto stumble = [](Store& store) { return store.write({}).has_value() ? 1u : 0u; };
  CHECK(ask(stumble) == 0);
  CHECK(ask(stumble) == 0);
  reader.replace(store_with_one_result());
  CHECK(ask([](Store& store) { return store.results({})->size(); }) == 1);
  CHECK(told == 1);
  reader.replace(next.store());
  CHECK(ask(stumble) == 0);
  CHECK(ask([](Store&) { return 7u; }) == 7);
  CHECK(told == 1 + 21);
}
