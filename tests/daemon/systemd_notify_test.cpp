#include "daemon/systemd_notify.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "tests/fakes/temporary_directory.h"

using namespace gatewatch;
using namespace gatewatch::daemon;

namespace {

// The socket on which systemd listens to a service.
class NotifySocket {
 public:
  NotifySocket() : descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const auto path = directory_.path() + "/notify";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.data(), path.size());
    const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(bind(descriptor_, generic, sizeof address) == 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }
  ~NotifySocket() {
    unsetenv("NOTIFY_SOCKET");
    close(descriptor_);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  std::string receive() {
    std::array<char, 256> buffer{};
    const auto length = recv(descriptor_, buffer.data(), buffer.size(), 0);
    return length < 0 ? std::string()
                      : std::string(buffer.data(), static_cast<std::size_t>(length));
  }

 private:
  tests::TemporaryDirectory directory_;
  int descriptor_;
};

}  // namespace

TEST_CASE("systemd hears of readiness with a status, of life, reloads and the end") {
  NotifySocket socket;
  const SystemdNotify systemd;
  systemd.ready("Watching 3 routes");
  CHECK(socket.receive() == "READY=1\nSTATUS=Watching 3 routes");
  systemd.alive();
  CHECK(socket.receive() == "WATCHDOG=1");
  systemd.reloading();
  CHECK(socket.receive() == "RELOADING=1");
  systemd.stopping();
  CHECK(socket.receive() == "STOPPING=1");
}

TEST_CASE("without systemd nothing is said and nothing fails") {
  const SystemdNotify systemd;
  systemd.ready("Watching");
  systemd.alive();
}
