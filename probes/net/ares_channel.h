// One c-ares channel on the loop: asks name servers for the addresses of one family of a name.
// No cache, no hosts file, no search list, no merging of families: that is ares_resolver's.

#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ares.h>

#include "probes/net/network.h"
#include "probes/net/uv_loop.h"
#include "probes/net/uv_timer.h"

namespace gatewatch::net {

struct AresSettings {
  std::string servers;  // "address:port,…"; empty: those of resolv.conf
  std::string resolv_path = "/etc/resolv.conf";
  std::uint16_t port = 53;                  // of servers that come without one
  std::chrono::milliseconds timeout{1000};  // of the first attempt; doubles with each further one
  int attempts = 3;                         // per server
};

// What resolv.conf (resolv.conf(5)) says of names that are not absolute.
struct SearchList {
  std::vector<std::string> domains;
  int dots = 1;  // a name with at least so many is tried as it is before the domains are
};
[[nodiscard]] SearchList read_search_list(const std::string& resolv_path);

struct AresAnswer {
  DnsStatus status = DnsStatus::Ok;
  std::vector<IpAddress> addresses;
  std::chrono::seconds ttl{0};  // the shortest of the records
};

class AresChannel {
 public:
  using Done = std::move_only_function<void(AresAnswer)>;

  // nullptr where c-ares cannot be initialised.
  [[nodiscard]] static std::unique_ptr<AresChannel> create(UvLoop& loop,
                                                           const AresSettings& settings);
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;
  ~AresChannel();  // questions in flight are dropped unanswered; not from inside a Done

  // Unlike elsewhere, `done` may be called from inside the call.
  void ask(const std::string& name, IpFamily family, Done done);
  [[nodiscard]] std::vector<std::string> servers() const;             // "address:port"
  [[nodiscard]] std::size_t questions() const { return questions_; }  // in flight
  // Whether a server was to be asked over TCP: it has answered over UDP, in part.
  [[nodiscard]] bool has_used_tcp() const { return has_used_tcp_; }

 private:
  struct Question;
  struct Watch;

  AresChannel(UvLoop& loop, std::uint16_t port) : loop_(loop), port_(port), tick_(loop) {}
  void watch(ares_socket_t descriptor, bool readable, bool writable);
  void process(ares_socket_t readable, ares_socket_t writable);
  void keep_ticking();

  UvLoop& loop_;
  const std::uint16_t port_;  // of servers that come without one
  UvTimer tick_;              // runs c-ares' own timeouts while questions are in flight
  bool ticking_ = false;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, Watch*> watches_;
  std::size_t questions_ = 0;
  bool has_used_tcp_ = false;
};

}  // namespace gatewatch::net
