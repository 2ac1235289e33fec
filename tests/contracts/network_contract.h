// What every Network must do, real or simulated. A test program names its harness:
// TEST_CASE_TEMPLATE_INVOKE(network_contract, UvHarness). A harness has network() and
// run_until(condition).

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "probes/net/network.h"
#include "tests/fakes/stream_recorder.h"

namespace gatewatch::tests {

using namespace std::chrono_literals;
using net::IoStatus;

inline const config::ListenAddress any_port{.endpoint = Endpoint::parse("127.0.0.1:0").value(),
                                            .unix_path = {}};

// A listener with its accepted streams, and one client of it.
template <typename Harness>
struct Pair {
  explicit Pair(Harness& harness)
      : listener(harness.network()
                     .listen(any_port,
                             [this](std::unique_ptr<net::Stream> stream) {
                               server = std::make_unique<StreamRecorder>(std::move(stream));
                             })
                     .value()),
        client(harness.network().stream()) {
    client.stream->connect(listener->local());
    CHECK_FALSE(client.connected.has_value());  // never from inside the call
    REQUIRE(harness.run_until([this] { return client.connected && server; }));
  }

  std::unique_ptr<StreamRecorder> server;
  std::unique_ptr<net::Listener> listener;
  StreamRecorder client;
};

template <typename Harness>
void pass_time(Harness& harness, std::chrono::milliseconds time) {
  const auto timer = harness.network().timer();
  bool over = false;
  timer->start(time, [&over] { over = true; });
  REQUIRE(harness.run_until([&over] { return over; }));
}

template <typename Harness>
void bytes_go_both_ways(Harness& harness) {
  Pair pair(harness);
  CHECK(pair.client.connected->ok());
  CHECK(pair.client.stream->peer() == pair.listener->local());
  const std::string much(3 << 20, 'm');
  pair.server->stream->read_start();
  pair.client.stream->write(much);
  CHECK(pair.client.writes == 0);
  REQUIRE(harness.run_until([&] { return pair.server->text.size() == much.size(); }));
  REQUIRE(harness.run_until([&] { return pair.client.writes == 1; }));
  CHECK(pair.client.written->ok());
  pair.server->stream->write("echo");
  pair.client.stream->read_start();
  REQUIRE(harness.run_until([&] { return pair.client.text == "echo"; }));
}

template <typename Harness>
void an_end_is_told_once_and_leaves_the_other_direction_open(Harness& harness) {
  Pair pair(harness);
  pair.client.stream->write("last");
  pair.client.stream->shutdown();
  pair.server->stream->read_start();
  REQUIRE(harness.run_until([&] { return pair.server->ended.has_value(); }));
  CHECK(pair.server->text == "last");
  CHECK(pair.server->ended->status == IoStatus::EndOfStream);
  pair.server->stream->write("answer");
  pair.client.stream->read_start();
  REQUIRE(harness.run_until([&] { return pair.client.text == "answer"; }));
  pair.server->stream.reset();
  REQUIRE(harness.run_until([&] { return pair.client.ended.has_value(); }));
  CHECK(pair.client.ended->status == IoStatus::EndOfStream);
  CHECK(pair.client.ends == 1);
}

template <typename Harness>
void closing_with_bytes_unread_resets(Harness& harness) {
  Pair pair(harness);
  pair.client.stream->write("never read");
  REQUIRE(harness.run_until([&] { return pair.client.writes == 1; }));
  pass_time(harness, 20ms);
  pair.client.stream->read_start();
  pair.server->stream.reset();
  REQUIRE(harness.run_until([&] { return pair.client.ended.has_value(); }));
  CHECK(pair.client.ended->status == IoStatus::Reset);
  pair.client.stream->write("too late");
  REQUIRE(harness.run_until([&] { return pair.client.writes == 2; }));
  CHECK(pair.client.written->status == IoStatus::Reset);
}

template <typename Harness>
void nobody_listening_refuses(Harness& harness) {
  auto listener = harness.network().listen(any_port, [](auto) {}).value();
  const Endpoint endpoint = listener->local();
  CHECK(endpoint.port != 0);
  listener.reset();
  StreamRecorder client(harness.network().stream());
  client.stream->connect(endpoint);
  REQUIRE(harness.run_until([&] { return client.connected.has_value(); }));
  CHECK(client.connected->status == IoStatus::Refused);
  CHECK(client.connected->code == ECONNREFUSED);
}

template <typename Harness>
void an_address_has_one_listener(Harness& harness) {
  const auto first = harness.network().listen(any_port, [](auto) {}).value();
  const config::ListenAddress same{.endpoint = first->local(), .unix_path = {}};
  const auto second = harness.network().listen(same, [](auto) {});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().message.find(first->local().text()) != std::string::npos);
  CHECK(second.error().message.find("in use") != std::string::npos);
}

template <typename Harness>
void timers_fire_in_order_and_never_when_stopped(Harness& harness) {
  std::vector<std::string> fired;
  const auto late = harness.network().timer();
  const auto early = harness.network().timer();
  const auto stopped = harness.network().timer();
  const auto moved = harness.network().timer();
  auto destroyed = harness.network().timer();
  late->start(30ms, [&] { fired.emplace_back("late"); });
  early->start(10ms, [&] { fired.emplace_back("early"); });
  stopped->start(10ms, [&] { fired.emplace_back("stopped"); });
  moved->start(5ms, [&] { fired.emplace_back("moved too early"); });
  moved->start(20ms, [&] { fired.emplace_back("moved"); });
  destroyed->start(10ms, [&] { fired.emplace_back("destroyed"); });
  stopped->stop();
  destroyed.reset();
  const Instant begin = harness.network().clock().now();
  REQUIRE(harness.run_until([&] { return fired.size() == 3; }));
  CHECK(fired == std::vector<std::string>{"early", "moved", "late"});
  CHECK(harness.network().clock().now() - begin >= 29ms);
}

template <typename Harness>
void a_timer_may_start_or_destroy_itself_in_its_callback(Harness& harness) {
  auto timer = harness.network().timer();
  int fired = 0;
  std::function<void()> again = [&] {
    if (++fired == 3) return timer.reset();
    timer->start(0ns, again);
  };
  timer->start(0ns, again);
  CHECK(fired == 0);
  REQUIRE(harness.run_until([&] { return timer == nullptr; }));
  CHECK(fired == 3);
}

template <typename Harness>
void a_stream_may_be_destroyed_in_any_of_its_events(Harness& harness) {
  for (const auto* const event : {"connected", "written", "read", "end"}) {
    CAPTURE(event);
    Pair pair(harness);
    auto doomed = std::make_unique<StreamRecorder>(harness.network().stream());
    const auto destroy = [&] { doomed.reset(); };
    const std::string name(event);
    doomed->stream->connect(pair.listener->local());
    if (name == "connected") doomed->after_connected = destroy;
    if (name == "written") doomed->after_written = destroy;
    if (name == "read") doomed->after_read = destroy;
    if (name == "end") doomed->after_end = destroy;
    pair.server.reset();
    REQUIRE(harness.run_until([&] { return pair.server && (!doomed || doomed->connects == 1); }));
    if (doomed) {
      doomed->stream->read_start();
      doomed->stream->write("x");
      pair.server->stream->write("y");
      pair.server->stream->shutdown();
    }
    CHECK(harness.run_until([&] { return doomed == nullptr; }));
  }
}

template <typename Harness>
void what_is_destroyed_in_flight_says_nothing_more(Harness& harness) {
  Pair pair(harness);
  StreamRecorder connecting(harness.network().stream());
  connecting.stream->connect(pair.listener->local());
  connecting.stream.reset();
  pair.client.stream->read_start();
  pair.client.stream->write(std::string(8 << 20, 'x'));
  pair.client.stream.reset();
  int answers = 0;
  auto lookup = harness.network().resolver("system").resolve("127.0.0.1", config::IpPreference::Any,
                                                             [&](const auto&) { ++answers; });
  lookup.reset();
  auto wakeup = harness.network().wakeup([&] { ++answers; });
  wakeup->notify();
  wakeup.reset();
  pass_time(harness, 30ms);
  CHECK(connecting.connects == 0);
  CHECK(pair.client.writes == 0);
  CHECK(pair.client.ends == 0);
  CHECK(answers == 0);
}

template <typename Harness>
void a_paused_stream_reads_nothing_and_holds_the_writer_up(Harness& harness) {
  Pair pair(harness);
  const std::string much(32 << 20, 'x');
  pair.client.stream->write(much);
  pass_time(harness, 20ms);
  CHECK(pair.server->text.empty());
  CHECK(pair.client.writes == 0);
  pair.server->after_read = [&] { pair.server->stream->read_stop(); };
  pair.server->stream->read_start();
  REQUIRE(harness.run_until([&] { return !pair.server->text.empty(); }));
  const auto first = pair.server->text.size();
  pass_time(harness, 20ms);
  CHECK(pair.server->text.size() == first);
  pair.server->after_read = nullptr;
  pair.server->stream->read_start();
  REQUIRE(harness.run_until([&] { return pair.server->text.size() == much.size(); }));
  CHECK(harness.run_until([&] { return pair.client.writes == 1; }));
}

template <typename Harness>
void a_paused_listener_accepts_later(Harness& harness) {
  int accepted = 0;
  std::unique_ptr<net::Listener> listener =
      harness.network().listen(any_port, [&](auto) { ++accepted; }).value();
  listener->pause();
  StreamRecorder client(harness.network().stream());
  client.stream->connect(listener->local());
  REQUIRE(harness.run_until([&] { return client.connected.has_value(); }));
  pass_time(harness, 10ms);
  CHECK(accepted == 0);
  listener->resume();
  CHECK(harness.run_until([&] { return accepted == 1; }));
}

template <typename Harness>
void a_listener_may_be_destroyed_while_it_accepts(Harness& harness) {
  std::unique_ptr<net::Stream> accepted;
  std::unique_ptr<net::Listener> listener;
  listener = harness.network()
                 .listen(any_port,
                         [&](auto stream) {
                           accepted = std::move(stream);
                           listener.reset();
                         })
                 .value();
  StreamRecorder one(harness.network().stream());
  StreamRecorder two(harness.network().stream());
  one.stream->connect(listener->local());
  two.stream->connect(listener->local());
  REQUIRE(harness.run_until([&] { return one.connected && two.connected; }));
  CHECK(listener == nullptr);
  CHECK(accepted != nullptr);
}

template <typename Harness>
void a_wakeup_calls_back_later(Harness& harness) {
  int calls = 0;
  const auto wakeup = harness.network().wakeup([&] { ++calls; });
  wakeup->notify();
  wakeup->notify();
  CHECK(calls == 0);
  REQUIRE(harness.run_until([&] { return calls > 0; }));
  CHECK(calls <= 2);
}

template <typename Harness>
void literals_are_resolved_without_asking(Harness& harness) {
  using config::IpPreference;
  std::vector<net::Resolution> answers;
  std::vector<std::unique_ptr<net::Lookup>> lookups;
  for (const auto& [host, family] :
       {std::pair("192.0.2.7", IpPreference::Any), std::pair("2001:db8::1", IpPreference::V6),
        std::pair("192.0.2.7", IpPreference::V6)}) {
    lookups.push_back(harness.network().resolver("system").resolve(
        host, family, [&](const net::Resolution& resolution) { answers.push_back(resolution); }));
  }
  CHECK(answers.empty());
  REQUIRE(harness.run_until([&] { return answers.size() == 3; }));
  CHECK(answers[0].addresses == std::vector{IpAddress::parse("192.0.2.7").value()});
  CHECK(answers[1].addresses == std::vector{IpAddress::parse("2001:db8::1").value()});
  CHECK(answers[2].status == net::DnsStatus::NoAddress);
}

TEST_CASE_TEMPLATE_DEFINE("a network keeps its contract", Harness, network_contract) {
  Harness harness;
  SUBCASE("bytes") {
    bytes_go_both_ways(harness);
  }
  SUBCASE("end") {
    an_end_is_told_once_and_leaves_the_other_direction_open(harness);
  }
  SUBCASE("reset") {
    closing_with_bytes_unread_resets(harness);
  }
  SUBCASE("refused") {
    nobody_listening_refuses(harness);
  }
  SUBCASE("in use") {
    an_address_has_one_listener(harness);
  }
  SUBCASE("timers") {
    timers_fire_in_order_and_never_when_stopped(harness);
  }
  SUBCASE("timer in itself") {
    a_timer_may_start_or_destroy_itself_in_its_callback(harness);
  }
  SUBCASE("destroy in events") {
    a_stream_may_be_destroyed_in_any_of_its_events(harness);
  }
  SUBCASE("destroy in flight") {
    what_is_destroyed_in_flight_says_nothing_more(harness);
  }
  SUBCASE("paused stream") {
    a_paused_stream_reads_nothing_and_holds_the_writer_up(harness);
  }
  SUBCASE("paused listener") {
    a_paused_listener_accepts_later(harness);
  }
  SUBCASE("destroyed listener") {
    a_listener_may_be_destroyed_while_it_accepts(harness);
  }
  SUBCASE("wakeup") {
    a_wakeup_calls_back_later(harness);
  }
  SUBCASE("literals") {
    literals_are_resolved_without_asking(harness);
  }
}

}  // namespace gatewatch::tests
