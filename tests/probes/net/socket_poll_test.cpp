#include "probes/net/socket_poll.h"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "probes/net/uv_loop.h"

namespace gatewatch::net {
namespace {

class Watched final : public SocketPoll::Watcher {
 public:
  explicit Watched(SocketPoll& poll) : poll_(poll), id_(poll.add(*this)) {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()) == 0);
    REQUIRE(poll.watch(id_, ends_[0]) == 0);
  }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() {
    poll_.remove(id_);
    for (const int end : ends_) ::close(end);
  }

  void on_ready(std::uint32_t events) override {
    calls.push_back(events);
    if (then) then();
  }
  void send_from_peer() const { REQUIRE(::write(ends_[1], "x", 1) == 1); }
  [[nodiscard]] SocketPoll::Id id() const { return id_; }

  std::vector<std::uint32_t> calls;
  std::function<void()> then;

 private:
  SocketPoll& poll_;
  SocketPoll::Id id_;
  std::array<int, 2> ends_{};
};

class Loop {
 public:
  Loop() : loop_(UvLoop::create().value()) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() { CHECK(loop_->close() == 0); }

  [[nodiscard]] SocketPoll& sockets() { return loop_->sockets(); }
  void turn() { uv_run(loop_->get(), UV_RUN_NOWAIT); }

 private:
  std::unique_ptr<UvLoop> loop_;
};

TEST_CASE("what comes is told once, though nobody reads it") {
  Loop loop;
  Watched watched(loop.sockets());
  loop.turn();
  REQUIRE(watched.calls.size() == 1);
  CHECK((watched.calls[0] & (EPOLLIN | EPOLLOUT)) == EPOLLOUT);
  loop.turn();
  CHECK(watched.calls.size() == 1);
  watched.send_from_peer();
  loop.turn();
  loop.turn();
  REQUIRE(watched.calls.size() == 2);
  CHECK((watched.calls[1] & EPOLLIN) != 0);
}

TEST_CASE("who was removed hears nothing, nor does who got its place, of the same turn's events") {
  Loop loop;
  auto first = std::make_unique<Watched>(loop.sockets());
  auto second = std::make_unique<Watched>(loop.sockets());
  loop.turn();
  const auto gone = second->id();
  std::unique_ptr<Watched> heir;
  first->then = [&] {
    second.reset();
    heir = std::make_unique<Watched>(loop.sockets());
  };
  first->send_from_peer();
  second->send_from_peer();
  loop.turn();
  REQUIRE(heir != nullptr);
  CHECK(static_cast<std::uint32_t>(heir->id()) == static_cast<std::uint32_t>(gone));  // the place
  CHECK(heir->calls.empty());
  CHECK_FALSE(loop.sockets().has(gone));
  CHECK(loop.sockets().has(heir->id()));
}

TEST_CASE("who asks to be called soon is called, never from inside, one round a turn") {
  Loop loop;
  auto& sockets = loop.sockets();
  Watched watched(sockets);
  loop.turn();
  watched.calls.clear();
  watched.then = [&] {
    const auto before = watched.calls.size();
    sockets.call_soon(watched.id());
    CHECK(watched.calls.size() == before);
  };
  sockets.call_soon(watched.id());
  CHECK(watched.calls.empty());
  loop.turn();
  CHECK(watched.calls == std::vector<std::uint32_t>{0});
  loop.turn();
  CHECK(watched.calls.size() == 2);
  watched.then = nullptr;
  loop.turn();
  loop.turn();
  CHECK(watched.calls.size() == 3);
}

}  // namespace
}  // namespace gatewatch::net
