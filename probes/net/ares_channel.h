// One c-ares channel on the loop: asks name servers for the addresses of one family of a name.
// No cache, no hosts file, no merging of families: that is ares_resolver's.

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
  std::string servers;                      // "address:port,…"; empty: those of resolv.conf
  bool search_domains = true;               // as resolv.conf says
  std::chrono::milliseconds timeout{1000};  // of the first attempt; doubles with each further one
  int attempts = 3;                         // per server
};

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
  [[nodiscard]] std::vector<std::string> servers() const;  // "address:port"
  [[nodiscard]] bool is_idle() const { return questions_ == 0; }

 private:
  struct Question;
  struct Watch;

  explicit AresChannel(UvLoop& loop) : loop_(loop), tick_(loop) {}
  void watch(ares_socket_t descriptor, bool readable, bool writable);
  void process(ares_socket_t readable, ares_socket_t writable);
  void keep_ticking();

  UvLoop& loop_;
  UvTimer tick_;  // runs c-ares' own timeouts while questions are in flight
  bool ticking_ = false;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, Watch*> watches_;
  int questions_ = 0;
};

}  // namespace gatewatch::net
