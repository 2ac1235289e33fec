// The seam between us and the operating system: clock, timers, names, streams, listeners.
// uv_network.h is the real one; tests/fakes/simulated_network.h is its twin under a simulated
// clock. Both pass the same contract tests (tests/contracts).
//
// Threads: a Network and everything made by it belong to one loop thread. Only Wakeup::notify and
// Clock may be used from others.
// Lifetime: destroying an object cancels what it was doing, and no callback arrives afterwards.
// No callback arrives from inside the call that asked for it. A callback may destroy its object.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/error.h"
#include "config/ip_address.h"
#include "probes/time.h"

namespace gatewatch::net {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  // As now(), but it goes on while the machine is suspended.
  [[nodiscard]] virtual Instant boot_now() const = 0;
  [[nodiscard]] virtual Timestamp wall_now() const = 0;
};

// One-shot. start() on a running timer moves it.
class Timer {
 public:
  using Callback = std::move_only_function<void()>;
  virtual ~Timer() = default;
  virtual void start(std::chrono::nanoseconds after, Callback callback) = 0;
  virtual void stop() = 0;
};

enum class IoStatus : std::uint8_t {
  Ok,
  EndOfStream,  // FIN
  Refused,      // RST to our SYN
  TimedOut,     // the kernel gave up
  Unreachable,  // ICMP says no
  Reset,        // RST, or a write into a closed connection
  NoResources,  // descriptors, memory or ports of ours used up: never the target's fault
  NoRoute,      // our own kernel has none to the address, or no such family
  TlsFailure,   // see TlsStream::failure()
  Other,
};
[[nodiscard]] std::string_view io_status_name(IoStatus status) noexcept;

struct IoResult {
  IoStatus status = IoStatus::Ok;
  int code = 0;  // the errno behind it, positive; 0: none

  [[nodiscard]] bool ok() const { return status == IoStatus::Ok; }
  friend bool operator==(const IoResult&, const IoResult&) = default;
};

// Who hears from a stream. Each event may destroy the stream.
class StreamEvents {
 public:
  virtual void on_connected(IoResult result) = 0;  // once per connect(); handshake() of TLS too
  virtual void on_written(IoResult result) = 0;    // once per write(), whole or failed
  virtual void on_read(std::span<const char> bytes) = 0;  // valid during the call alone
  virtual void on_read_end(IoResult result) = 0;  // EndOfStream or an error; nothing is read after

 protected:
  ~StreamEvents() = default;
};

// One TCP connection (or Unix socket, or TLS over one). Events come to the one who is set.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;  // closes at once

  virtual void set_events(StreamEvents* events) = 0;   // nullptr: nobody
  virtual void connect(const Endpoint& endpoint) = 0;  // once; answered by on_connected
  // One write at a time: a second before on_written is a bug and asserts.
  virtual void write(std::string bytes) = 0;
  // Reading starts paused. A paused stream reads nothing from the kernel.
  virtual void read_start() = 0;
  virtual void read_stop() = 0;
  virtual void shutdown() = 0;  // FIN after what was written; not answered
  // An accepted Unix socket's is 127.0.0.1 port 0: its peer is local.
  [[nodiscard]] virtual Endpoint peer() const = 0;
};

enum class DnsStatus : std::uint8_t {
  Ok,
  NxDomain,
  ServFail,
  NoAddress,  // the name exists without an address of the wanted family
  Timeout,    // servers were asked, none answered in time
  Refused,
  Malformed,   // the answer, or the name itself
  NoResolver,  // no server is configured or reachable: our own fault
  Other,
};
[[nodiscard]] std::string_view dns_status_name(DnsStatus status) noexcept;  // "nxdomain", …

struct Resolution {
  DnsStatus status = DnsStatus::Ok;
  std::vector<IpAddress> addresses;  // in the order to try; not empty when Ok
  std::chrono::seconds ttl{0};       // the shortest of the records, as the server said it
  std::string detail;                // where it failed, or one family did: who said what
  // The family whose addresses could not be learned while the other has some.
  std::optional<IpFamily> broken_family = {};
  bool is_partial = false;  // a family was not waited for any longer: there may be more addresses
};

// A lookup in flight; destroying it cancels.
class Lookup {
 public:
  virtual ~Lookup() = default;
  // What it comes to for whoever gives it up now: Timeout, or NoResolver where no server answers
  // anything.
  [[nodiscard]] virtual DnsStatus so_far() const { return DnsStatus::Timeout; }
};

class Resolver {
 public:
  using Done = std::move_only_function<void(const Resolution&)>;
  virtual ~Resolver() = default;
  // Literal addresses are answered too. Both families are asked at once with Any; a family that
  // fails hurts nothing while the other has addresses. A final dot keeps search domains out.
  [[nodiscard]] virtual std::unique_ptr<Lookup> resolve(const std::string& host,
                                                        config::IpPreference family, Done done) = 0;
};

class Listener {
 public:
  using Accept = std::move_only_function<void(std::unique_ptr<Stream>)>;
  virtual ~Listener() = default;                     // closes at once; accepted streams live on
  [[nodiscard]] virtual Endpoint local() const = 0;  // the port that was given for port 0
  // While paused, connections wait in the kernel's backlog.
  virtual void pause() = 0;
  virtual void resume() = 0;
};

// Calls its callback on the loop thread soon after notify(); several notify() may be one call.
class Wakeup {
 public:
  virtual ~Wakeup() = default;
  virtual void notify() noexcept = 0;  // any thread, signal handlers too
};

class Network {
 public:
  virtual ~Network() = default;
  [[nodiscard]] virtual const Clock& clock() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Timer> timer() = 0;
  [[nodiscard]] virtual std::unique_ptr<Stream> stream() = 0;
  // "system" or "address:port"; the same object for the same text, owned by the network.
  [[nodiscard]] virtual Resolver& resolver(const std::string& server) = 0;
  [[nodiscard]] virtual std::expected<std::unique_ptr<Listener>, Error> listen(
      const config::ListenAddress& address, Listener::Accept accept) = 0;
  [[nodiscard]] virtual std::unique_ptr<Wakeup> wakeup(
      std::move_only_function<void()> callback) = 0;
};

}  // namespace gatewatch::net
