#include "daemon/web/store_questions.h"

#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "tests/fakes/memory_store.h"
#include "tests/fakes/uv_harness.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace gatewatch::daemon::web;

TEST_CASE("a question is answered on the reader's thread, its answer heard on the loop's") {
  tests::UvHarness loop;
  LoopMailbox mailbox(loop.network(), 10);
  auto reader = storage::Reader::start(std::make_unique<tests::MemoryStore>(), 10).value();
  const auto ask = ask_through(reader, mailbox);
  std::thread::id answered_on;
  std::thread::id heard_on;
  std::string body;
  REQUIRE(ask(
      [&answered_on](storage::Store& store) -> WebResponse {
        answered_on = std::this_thread::get_id();
        return {.body = std::to_string(store.last_incident_id().value()), .headers = {}};
      },
      [&heard_on, &body](WebResponse response) {
        heard_on = std::this_thread::get_id();
        body = response.body;
      }));
  REQUIRE(loop.run_until([&body] { return !body.empty(); }));
  CHECK(body == "0");
  CHECK(heard_on == std::this_thread::get_id());
  CHECK(answered_on != heard_on);
}
