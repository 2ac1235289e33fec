// Where a redirect leads (RFC 9110 section 15.4), and what of the request goes with it: pure. The
// body and everything that could be a credential stay with the origin (scheme, host and port)
// that the operator named; once dropped they do not come back.

#pragma once

#include <span>
#include <string>

#include "config/url.h"
#include "probes/judge.h"
#include "probes/net/http_message.h"

namespace gatewatch {

// One request of a probe: the first, or one that a redirect asked for.
struct Hop {
  Url url;
  std::string method;
  bool with_body = true;         // the route's body, where it has one
  bool with_credentials = true;  // every configured header; else the harmless ones alone

  friend bool operator==(const Hop&, const Hop&) = default;
};

// 301, 302, 303, 307, 308: what a client can follow by itself.
[[nodiscard]] bool is_redirect(int status);

struct RedirectDecision {
  bool follow = false;
  Hop next;         // where `follow`
  Verdict verdict;  // else: RedirectLoop ("limit", "circular") or RedirectRefused
                    // ("no_location", "many_locations", "bad_location", "body_to_other_origin")
};

// What to do about `response`, a redirect that answered the last of `hops` (all requests of this
// probe so far, at least one). At most `limit` redirects are followed. `has_body`: the route's.
[[nodiscard]] RedirectDecision decide_redirect(std::span<const Hop> hops, int limit, bool has_body,
                                               const net::Response& response);

}  // namespace gatewatch
