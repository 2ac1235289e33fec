// Resolver on c-ares. Both families are asked at once, each on its own: a family that stays silent
// costs a moment, not the answer. Lookups of the same name share one question. Answers are kept
// as long as their TTL says, at least 1 s and at most 60 s; failures are not kept.

#pragma once

#include <memory>
#include <string>

#include "probes/net/ares_channel.h"
#include "probes/net/network.h"
#include "probes/net/uv_loop.h"

namespace gatewatch::net {

struct AresResolverSettings {
  AresSettings channel;
  std::string hosts_path;                   // empty: no hosts file is looked at
  bool search_domains = false;              // as resolv.conf says
  std::string broken;                       // not empty: why no server can be asked
  std::chrono::milliseconds patience{250};  // for the other family once one has addresses
  // Without any answer from any server for so long one is asked for the root, to tell a name that
  // nobody knows of from servers that are gone.
  std::chrono::milliseconds silence{1000};
  std::chrono::seconds configuration_check{5};  // how often resolv.conf is looked at for a change
  // In flight; beyond it a question is our own failure. c-ares gives each one of 65,536 ids.
  std::size_t most_questions = std::size_t{16} * 1024;
};

// "system", or one server: "address:port" or "address".
[[nodiscard]] AresResolverSettings ares_resolver_settings(const std::string& server);

// `loop` and `clock` must outlive the resolver, and the resolver its lookups.
[[nodiscard]] std::unique_ptr<Resolver> make_ares_resolver(UvLoop& loop, const Clock& clock,
                                                           AresResolverSettings settings);

}  // namespace gatewatch::net
