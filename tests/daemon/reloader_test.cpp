#include "daemon/reloader.h"

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/fakes/thread_famine.h"
#include "tests/fakes/uv_harness.h"

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

std::expected<config::Config, std::vector<config::Mistake>> load(const std::string& text) {
  return config::load_text(text, "test.toml", [](const std::string&) { return std::nullopt; });
}

constexpr const char* one_route =
    "[[route]]\nname = \"a\"\nurl = \"http://127.0.0.1/\"\n[route.tls]\nverify = false\n";

}  // namespace

TEST_CASE("loading brings the configuration and what its routes need to be probed") {
  const auto loaded = load_everything([] { return load(one_route); });
  REQUIRE(loaded.has_value());
  REQUIRE(loaded->targets.size() == 1);
  CHECK(loaded->targets[0]->route.id() == "a");
}

TEST_CASE("every mistake is a line with its place") {
  const auto loaded =
      load_everything([] { return load("[daemon]\nlisten = 5\nregoin = \"x\"\n"); });
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error().size() == 2);
  CHECK(loaded.error()[0].starts_with("test.toml:2:"));
}

TEST_CASE("requests that come while one is at work make one more, and no more than that") {
  auto network = net::UvNetwork::create().value();
  {
    LoopMailbox mailbox(*network, 10);
    std::atomic<int> loads = 0;
    int answers = 0;
    Reloader reloader(
        mailbox,
        [&loads] {
          ++loads;
          return load(one_route);
        },
        [&](const std::expected<LoadResult, Error>& result) {
          REQUIRE(result.has_value());
          CHECK(result->has_value());
          if (++answers == 2) network->stop();
        });
    reloader.request();
    for (int more = 0; more < 5; ++more) reloader.request();
    network->run();
    CHECK(loads == 2);
  }
  CHECK(network->close() == 0);
}

TEST_CASE("a reload without its thread is refused, and the next one is tried again") {
  tests::UvHarness uv;
  LoopMailbox mailbox(uv.network(), 10);
  std::vector<std::expected<LoadResult, Error>> answers;
  Reloader reloader(
      mailbox, [] { return load(one_route); },
      [&](std::expected<LoadResult, Error> result) { answers.push_back(std::move(result)); });
  {
    const tests::ThreadFamine famine;
    reloader.request();
    reloader.request();      // comes meanwhile
    CHECK(answers.empty());  // never from inside request()
    REQUIRE(uv.run_until([&answers] { return answers.size() == 2; }));
  }
  for (const auto& answer : answers) {
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().message.starts_with("the thread reload cannot be started: "));
  }
  reloader.request();
  REQUIRE(uv.run_until([&answers] { return answers.size() == 3; }));
  REQUIRE(answers[2].has_value());
  CHECK(answers[2]->has_value());
}
