#include "probes/net/uv_network.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "probes/net/uv_status.h"
#include "tests/contracts/network_contract.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/uv_harness.h"

namespace gatewatch::tests {
namespace {

TEST_CASE_TEMPLATE_INVOKE(network_contract, UvHarness);

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    return descriptor;
  }
  ::close(descriptor);
  return -1;
}

TEST_CASE("a wakeup works from another thread, and every notice is followed by a call") {
  UvHarness harness;
  constexpr int notices = 1000;
  std::atomic<int> told = 0;
  int seen = 0;
  const auto wakeup = harness.network().wakeup([&] { seen = told.load(); });
  std::thread other([&] {
    for (int count = 1; count <= notices; ++count) {
      told = count;
      wakeup->notify();
    }
  });
  CHECK(harness.run_until([&] { return seen == notices; }));
  other.join();
}

TEST_CASE("a signal is heard on the loop, and not after its watch is gone") {
  UvHarness harness;
  int heard = 0;
  auto watch = harness.network().on_signal(SIGUSR1, [&] { ++heard; });
  const auto second = harness.network().on_signal(SIGUSR1, [] {});
  ::raise(SIGUSR1);
  CHECK(heard == 0);
  REQUIRE(harness.run_until([&] { return heard == 1; }));
  watch.reset();
  ::raise(SIGUSR1);
  pass_time(harness, 5ms);
  CHECK(heard == 1);
}

TEST_CASE("the longest turn is what callbacks took, not what the loop slept") {
  UvHarness harness;
  pass_time(harness, 60ms);
  CHECK(harness.network().take_longest_turn() < 60ms);
  const auto timer = harness.network().timer();
  const auto& clock = harness.network().clock();
  bool over = false;
  timer->start(0ns, [&] {
    for (const Instant begin = clock.now(); clock.now() - begin < 50ms;) {
    }
    over = true;
  });
  REQUIRE(harness.run_until([&] { return over; }));
  pass_time(harness, 1ms);
  CHECK(harness.network().take_longest_turn() >= 50ms);
}

TEST_CASE("a Unix socket is for owner and group, and goes with its listener") {
  UvHarness harness;
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/socket";
  std::unique_ptr<StreamRecorder> server;
  auto listener = harness.network()
                      .listen({.endpoint = {}, .unix_path = path},
                              [&](auto stream) {
                                server = std::make_unique<StreamRecorder>(std::move(stream));
                                server->stream->read_start();
                              })
                      .value();
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0660);
  const int client = connect_unix(path);
  REQUIRE(client >= 0);
  REQUIRE(::write(client, "hello", 5) == 5);
  ::shutdown(client, SHUT_WR);
  REQUIRE(harness.run_until([&] { return server && server->ended; }));
  CHECK(server->text == "hello");
  CHECK(server->stream->peer().address.is_loopback());
  server->stream->write("bye");
  REQUIRE(harness.run_until([&] { return server->writes == 1; }));
  char answer[3];
  CHECK(::read(client, answer, sizeof answer) == 3);
  ::close(client);
  listener.reset();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a dead server's socket file is replaced; a live server's and other files are not") {
  UvHarness harness;
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/socket";
  const config::ListenAddress address{.endpoint = {}, .unix_path = path};
  {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path.c_str(), path.size());
    const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(dead, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0);
    ::close(dead);
  }
  const auto live = harness.network().listen(address, [](auto) {});
  REQUIRE(live.has_value());
  const auto second = harness.network().listen(address, [](auto) {});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().message.find(path + ": the address is already in use") != std::string::npos);
  CHECK(connect_unix(path) >= 0);

  const std::string file = directory.path() + "/file";
  std::ofstream(file) << "precious";
  const auto refused = harness.network().listen({.endpoint = {}, .unix_path = file}, [](auto) {});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("no socket") != std::string::npos);
  CHECK(std::filesystem::file_size(file) == 8);

  const std::string endless(200, 'x');
  CHECK_FALSE(harness.network().listen({.endpoint = {}, .unix_path = endless}, [](auto) {}));
}

// Takes every descriptor that is left, and gives them back at its end.
class DescriptorFamine {
 public:
  DescriptorFamine() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit little = before_;
    little.rlim_cur = 64;
    ::setrlimit(RLIMIT_NOFILE, &little);
    for (int taken = ::open("/dev/null", O_RDONLY); taken >= 0;
         taken = ::open("/dev/null", O_RDONLY)) {
      taken_.push_back(taken);
    }
  }
  DescriptorFamine(const DescriptorFamine&) = delete;
  DescriptorFamine& operator=(const DescriptorFamine&) = delete;
  ~DescriptorFamine() {
    for (const int descriptor : taken_) ::close(descriptor);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  void give_back_one() {
    ::close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST_CASE("without descriptors a connect says so, and a listener rests instead of spinning") {
  UvHarness harness;
  int accepted = 0;
  std::unique_ptr<net::Stream> kept;
  const auto listener = harness.network()
                            .listen(any_port,
                                    [&](auto stream) {
                                      kept = std::move(stream);
                                      ++accepted;
                                    })
                            .value();
  StreamRecorder waiting(harness.network().stream());
  StreamRecorder starved(harness.network().stream());
  {
    DescriptorFamine famine;
    famine.give_back_one();
    waiting.stream->connect(listener->local());
    starved.stream->connect(listener->local());
    CHECK(starved.connects == 0);
    REQUIRE(harness.run_until([&] { return waiting.connected && starved.connected; }));
    CHECK(waiting.connected->ok());
    CHECK(starved.connected->status == IoStatus::NoResources);
    pass_time(harness, 20ms);
    CHECK(accepted == 0);
    // At rest the loop sleeps: a spinning one would use up the processor.
    const std::clock_t before = std::clock();
    pass_time(harness, 300ms);
    CHECK(std::clock() - before < CLOCKS_PER_SEC / 5);
  }
  CHECK(harness.run_until([&] { return accepted == 1; }));
}

TEST_CASE("addresses that cannot be reached say so") {
  UvHarness harness;
  StreamRecorder client(harness.network().stream());
  client.stream->connect(Endpoint::parse("127.0.0.1:1").value());
  REQUIRE(harness.run_until([&] { return client.connected.has_value(); }));
  CHECK(client.connected->status == IoStatus::Refused);
  // No route leads to a multicast group by TCP: the kernel says so without asking the network.
  StreamRecorder lost(harness.network().stream());
  lost.stream->connect(Endpoint::parse("224.0.0.1:80").value());
  CHECK(lost.connects == 0);
  REQUIRE(harness.run_until([&] { return lost.connected.has_value(); }));
  CHECK(lost.connected->status == IoStatus::NoRoute);
  // An address of ours that is not there cannot be listened on.
  const auto nowhere = harness.network().listen(
      {.endpoint = Endpoint::parse("192.0.2.1:0").value(), .unix_path = {}}, [](auto) {});
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.error().message.find("192.0.2.1") != std::string::npos);
}

// On 127.0.0.1, accepting by hand, so that all of it may be there before the loop looks again.
class PlainServer {
 public:
  PlainServer() {
    address_ = net::socket_address(Endpoint::parse("127.0.0.1:0").value());
    socklen_t size = net::socket_address_size(address_);
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address_), size) == 0);
    REQUIRE(listen(listener_, 1) == 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size);
  }
  PlainServer(const PlainServer&) = delete;
  PlainServer& operator=(const PlainServer&) = delete;
  ~PlainServer() { close(listener_); }

  [[nodiscard]] Endpoint endpoint() const { return net::endpoint_of(address_); }
  [[nodiscard]] int take() const { return accept(listener_, nullptr, nullptr); }

 private:
  int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_storage address_{};
};

// libuv alone takes this for an end, and a body that lasts to the end would look complete.
TEST_CASE("a reset that comes together with the last bytes is a reset, an end is an end") {
  for (const bool resets : {true, false}) {
    CAPTURE(resets);
    UvHarness harness;
    const PlainServer listener;
    StreamRecorder client(harness.network().stream());
    client.after_connected = [&] {
      client.stream->read_start();
      const int server = listener.take();
      CHECK(send(server, "last", 4, 0) == 4);
      const linger at_once{.l_onoff = resets ? 1 : 0, .l_linger = 0};
      setsockopt(server, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      close(server);
    };
    client.stream->connect(listener.endpoint());
    REQUIRE(harness.run_until([&] { return client.ends == 1; }));
    CHECK(client.text == "last");
    CHECK(client.ended->status == (resets ? IoStatus::Reset : IoStatus::EndOfStream));
  }
}

// A read ends before it, though more is there and no further edge will tell of that.
TEST_CASE("what follows urgent data is read") {
  UvHarness harness;
  const PlainServer listener;
  StreamRecorder client(harness.network().stream());
  int server = -1;
  client.after_connected = [&] {
    client.stream->read_start();
    server = listener.take();
    CHECK(send(server, "before", 6, 0) == 6);
    CHECK(send(server, "!", 1, MSG_OOB) == 1);
    CHECK(send(server, "behind", 6, 0) == 6);
  };
  client.stream->connect(listener.endpoint());
  CHECK(harness.run_until([&] { return client.text == "beforebehind"; }, 5s));
  close(server);
}

TEST_CASE("what a router on the way forbids is no verdict of our own kernel") {
  for (const int error : {EACCES, EPERM, ENOPROTOOPT, ENONET, EOPNOTSUPP, EPROTO, EHOSTUNREACH}) {
    CAPTURE(error);
    CHECK(net::remote_connect_result(-error) == net::IoResult{IoStatus::Unreachable, error});
  }
  CHECK(net::remote_connect_result(-ECONNREFUSED).status == IoStatus::Refused);
  CHECK(net::remote_connect_result(0).ok());
  CHECK(net::local_connect_result(-EACCES).status == IoStatus::Other);
}

TEST_CASE("a stream without a connection fails politely") {
  UvHarness harness;
  StreamRecorder idle(harness.network().stream());
  idle.stream->read_start();
  idle.stream->write("x");
  idle.stream->shutdown();
  CHECK((idle.writes == 0 && idle.ends == 0));
  REQUIRE(harness.run_until([&] { return idle.writes == 1 && idle.ends == 1; }));
  CHECK(idle.written->status == IoStatus::Reset);
  CHECK(idle.ended->status == IoStatus::Reset);
}

}  // namespace
}  // namespace gatewatch::tests
