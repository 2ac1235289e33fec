#include "daemon/reloader.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/temporary_directory.h"
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
  CHECK(loaded->targets[0]->route->id() == "a");
}

TEST_CASE("every mistake is a line with its place") {
  const auto loaded =
      load_everything([] { return load("[daemon]\nlisten = 5\nregoin = \"x\"\n"); });
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error().size() == 2);
  CHECK(loaded.error()[0].starts_with("test.toml:2:"));
}

TEST_CASE("a key of another certificate is a mistake with its place, the server's and a route's") {
  const tests::TemporaryDirectory directory;
  const auto one = tests::make_self_signed({});
  const auto other = tests::make_self_signed({});
  const auto certificate = tests::write_file(directory.path(), "one.pem", one.chain);
  const auto wrong = tests::write_file(directory.path(), "other.key", other.key);
  std::filesystem::permissions(wrong, std::filesystem::perms::owner_read);
  const auto text = fmt::format(
      "[daemon.tls]\ncertificate = \"{0}\"\nkey = {{ file = \"{1}\" }}\n"
      "[[route]]\nname = \"a\"\nurl = \"https://127.0.0.1/\"\n"
      "tls = {{ verify = false, certificate = \"{0}\", key = {{ file = \"{1}\" }} }}\n",
      certificate, wrong);
  const auto loaded = load_everything([&text] { return load(text); });
  REQUIRE_FALSE(loaded.has_value());
  REQUIRE(loaded.error().size() == 2);
  CHECK(loaded.error()[0].starts_with("test.toml:2:15: daemon.tls: cannot use the key"));
  CAPTURE(loaded.error()[1]);
  CHECK(loaded.error()[1].starts_with("test.toml:5:8: route a: cannot use the key"));
  const auto right = tests::write_file(directory.path(), "one.key", one.key);
  std::filesystem::permissions(right, std::filesystem::perms::owner_read);
  CHECK(load_everything([&text, &wrong, &right] {
          auto mended = text;
          for (auto at = mended.find(wrong); at != std::string::npos; at = mended.find(wrong)) {
            mended.replace(at, wrong.size(), right);
          }
          return load(mended);
        }).has_value());
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
