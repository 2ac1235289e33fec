#include "probes/net/uv_network.h"

#include <cerrno>
#include <chrono>
#include <ctime>
#include <map>
#include <string>
#include <utility>

#include "probes/net/ares_resolver.h"
#include "probes/net/invariant.h"
#include "probes/net/socket_stream.h"
#include "probes/net/unix_socket.h"
#include "probes/net/uv_listener.h"
#include "probes/net/uv_loop.h"
#include "probes/net/uv_signal.h"
#include "probes/net/uv_timer.h"
#include "probes/net/uv_wakeup.h"

namespace gatewatch::net {
namespace {

class LibuvNetwork final : public UvNetwork {
 public:
  explicit LibuvNetwork(std::unique_ptr<UvLoop> loop) : loop_(std::move(loop)) {}
  ~LibuvNetwork() override { require(close() == 0, "a handle outlives its network"); }

  // Network.
  [[nodiscard]] const Clock& clock() const override { return clock_; }
  [[nodiscard]] std::unique_ptr<Timer> timer() override {
    return std::make_unique<UvTimer>(*loop_);
  }
  [[nodiscard]] std::unique_ptr<Stream> stream() override {
    return std::make_unique<SocketStream>(*loop_);
  }
  [[nodiscard]] Resolver& resolver(const std::string& server) override {
    auto& resolver = resolvers_[server];
    if (!resolver) resolver = make_ares_resolver(*loop_, clock_, ares_resolver_settings(server));
    return *resolver;
  }
  [[nodiscard]] std::expected<std::unique_ptr<Listener>, Error> listen(
      const config::ListenAddress& address, Listener::Accept accept) override {
    return UvListener::create(*loop_, address, std::move(accept));
  }
  [[nodiscard]] std::unique_ptr<Wakeup> wakeup(std::move_only_function<void()> callback) override {
    return std::make_unique<UvWakeup>(*loop_, std::move(callback));
  }

  // UvNetwork.
  void run() override { uv_run(loop_->get(), UV_RUN_DEFAULT); }
  void stop() override { uv_stop(loop_->get()); }
  [[nodiscard]] std::unique_ptr<SignalWatch> on_signal(
      int number, std::move_only_function<void()> callback) override {
    return std::make_unique<UvSignal>(*loop_, number, std::move(callback));
  }
  [[nodiscard]] std::expected<std::unique_ptr<Stream>, int> connect_unix(
      const std::string& path) override {
    const auto address = unix_address(path);
    if (!address) return std::unexpected(ENAMETOOLONG);
    const auto descriptor = net::connect_unix(*address);
    if (!descriptor) return std::unexpected(descriptor.error());
    return std::make_unique<SocketStream>(*loop_, SocketStream::Kind::Unix, *descriptor,
                                          Endpoint{.address = {.bytes = {127, 0, 0, 1}}});
  }
  [[nodiscard]] std::chrono::nanoseconds take_longest_turn() override {
    return loop_->take_longest_turn();
  }
  [[nodiscard]] int close() override {
    resolvers_.clear();
    return loop_->close();
  }

 private:
  SystemClock clock_;
  std::unique_ptr<UvLoop> loop_;
  std::map<std::string, std::unique_ptr<Resolver>> resolvers_;
};

}  // namespace

std::expected<std::unique_ptr<UvNetwork>, Error> UvNetwork::create() {
  auto loop = UvLoop::create();
  if (!loop) return std::unexpected(loop.error());
  return std::make_unique<LibuvNetwork>(std::move(*loop));
}

Instant SystemClock::now() const {
  return Instant(std::chrono::steady_clock::now().time_since_epoch());
}

Instant SystemClock::boot_now() const {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return Instant(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

Timestamp SystemClock::wall_now() const {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

}  // namespace gatewatch::net
