// Everything that the real network makes, cancelled at random: nothing may leak, nothing may speak
// after its end. GATEWATCH_SEED repeats a run.

#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "probes/net/tls_stream.h"
#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/dns_server.h"
#include "tests/fakes/stream_recorder.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/uv_harness.h"

namespace gatewatch::tests {
namespace {

using namespace std::chrono_literals;

std::uint64_t chosen_seed() {
  const char* const text = std::getenv("GATEWATCH_SEED");
  return text != nullptr ? std::stoull(text) : std::random_device{}();
}

// One thing in flight, whatever it is.
struct Task {
  std::unique_ptr<net::Timer> deadline;
  std::unique_ptr<net::Timer> timer;
  std::unique_ptr<net::Lookup> lookup;
  StreamRecorder events;
};

class Soak {
 public:
  explicit Soak(std::uint64_t seed) : random_(seed) {
    server_.set("shop.test", "192.0.2.1", 0);
    server_.set("silent.test", DnsServer::Type::A, {.silent = true});
    server_.set("silent.test", DnsServer::Type::Aaaa, {.silent = true});
    const auto files = make_self_signed({.names = {"shop.test"}}).write(directory_.path(), "s");
    server_context_ = net::TlsContext::server(files).value();
    config::Tls tls;
    tls.verify = false;
    client_context_ = net::TlsContext::client(tls).value();
    listener_ =
        network().listen(any_port_, [this](auto below) { serve(std::move(below)); }).value();
  }

  void run(int tasks) {
    to_start_ = tasks;
    for (int lane = 0; lane < 50; ++lane) start();
    CHECK(harness_.run_until([this] { return running_ == 0; }, std::chrono::minutes(5)));
    accepted_.clear();
    listener_.reset();
  }

 private:
  [[nodiscard]] net::UvNetwork& network() { return harness_.network(); }
  [[nodiscard]] int draw(int most) { return std::uniform_int_distribution(0, most)(random_); }

  void serve(std::unique_ptr<net::Stream> below) {
    if (accepted_.size() > 40) accepted_.erase(accepted_.begin());
    auto tls = net::TlsStream::server(std::move(below), server_context_);
    auto* const made = tls.get();
    accepted_.push_back(std::make_unique<StreamRecorder>(std::move(tls)));
    auto* const side = accepted_.back().get();
    side->after_connected = [side] {
      if (!side->connected->ok()) return;
      side->stream->read_start();
      side->stream->write(std::string(20'000, 'x'));
    };
    made->handshake();
  }

  void start() {
    if (to_start_ == 0) return;
    --to_start_;
    ++running_;
    auto task = std::make_shared<Task>();
    switch (draw(3)) {
      case 0:
        task->timer = network().timer();
        task->timer->start(std::chrono::milliseconds(draw(20)), [] {});
        break;
      case 1:
        task->lookup = network()
                           .resolver(server_.endpoint().text())
                           .resolve(draw(1) == 0 ? "shop.test" : "silent.test",
                                    config::IpPreference::Any, [](const auto&) {});
        break;
      default:
        connect(*task);
    }
    auto* const deadline = (task->deadline = network().timer()).get();
    deadline->start(std::chrono::microseconds(draw(20'000)), [this, task]() mutable {
      auto ending = std::move(task);
      ending.reset();
      --running_;
      start();
    });
  }

  void connect(Task& task) {
    task.events.stream = network().stream();
    task.events.stream->set_events(&task.events);
    task.events.stream->connect(listener_->local());
    task.events.after_connected = [this, &events = task.events] {
      auto tls = net::TlsStream::client(std::move(events.stream), client_context_, "shop.test",
                                        network().clock().wall_now());
      auto* const made = tls.get();
      events.stream = std::move(tls);
      events.stream->set_events(&events);
      made->handshake();
      // The last statement: it replaces the function that is running.
      events.after_connected = [&events] {
        if (!events.connected->ok()) return;
        events.stream->read_start();
        events.stream->write("question");
      };
    };
  }

  const config::ListenAddress any_port_{.endpoint = Endpoint::parse("127.0.0.1:0").value(),
                                        .unix_path = {}};
  std::mt19937_64 random_;
  UvHarness harness_;
  DnsServer server_;
  TemporaryDirectory directory_;
  std::shared_ptr<const net::TlsContext> server_context_;
  std::shared_ptr<const net::TlsContext> client_context_;
  std::vector<std::unique_ptr<StreamRecorder>> accepted_;
  std::unique_ptr<net::Listener> listener_;
  int to_start_ = 0;
  int running_ = 0;
};

TEST_CASE("3000 things cancelled at random leave nothing behind") {
  const std::uint64_t seed = chosen_seed();
  MESSAGE("GATEWATCH_SEED=" << seed);
  Soak(seed).run(3000);
}

}  // namespace
}  // namespace gatewatch::tests
