#include "probes/redirect.h"

#include <algorithm>
#include <expected>
#include <utility>

#include <fmt/format.h>

#include "probes/text.h"

namespace gatewatch {
namespace {

RedirectDecision stop(Outcome outcome, std::string reason, std::string_view detail) {
  RedirectDecision decision;
  decision.verdict = {outcome, std::move(reason), one_line(detail)};
  return decision;
}

RedirectDecision refuse(std::string reason, std::string_view detail) {
  return stop(Outcome::RedirectRefused, std::move(reason), detail);
}

// 303 turns everything but HEAD into GET; 301 and 302 turn POST into GET, as every client does.
std::string method_after(int status, const std::string& method) {
  const bool to_get =
      status == 303 ? method != "HEAD" : (status == 301 || status == 302) && method == "POST";
  return to_get ? "GET" : method;
}

bool same_request(const Hop& left, const Hop& right) {
  return left.method == right.method && left.url == right.url;
}

// The request that the redirect asks for, whether or not it may be made.
Hop next_hop(const Hop& from, int status, Url url) {
  Hop next = from;
  next.method = method_after(status, from.method);
  if (next.method != from.method) next.with_body = false;
  if (url.origin() != from.url.origin()) next.with_credentials = false;
  next.url = std::move(url);
  return next;
}

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

RedirectDecision decide_redirect(std::span<const Hop> hops, int limit, bool has_body,
                                 const net::Response& response) {
  const auto& from = hops.back();
  const auto location = response.headers.get("location");
  if (location.empty()) {
    return refuse("no_location", fmt::format("a {} came without a Location", response.status));
  }
  if (response.headers.count("location") > 1) {
    return refuse("many_locations",
                  fmt::format("a {} came with more than one Location", response.status));
  }
  auto url = from.url.resolve(location);
  if (!url) {
    // Its query is what redirects carry codes and tickets in.
    const auto query = std::min(location.find('?'), location.size());
    return refuse("bad_location",
                  fmt::format("the Location {} cannot be used: {}",
                              quote(location.substr(0, query), 80), url.error().message));
  }
  auto next = next_hop(from, response.status, *std::move(url));
  const auto shown = next.url.text_without_query();
  if (std::ranges::any_of(hops, [&](const Hop& hop) { return same_request(hop, next); })) {
    return stop(Outcome::RedirectLoop, "circular",
                fmt::format("the redirects lead back to {} {}", next.method, shown));
  }
  if (std::cmp_greater(hops.size(), limit)) {
    return stop(Outcome::RedirectLoop, "limit",
                fmt::format("more than {} redirects: the next would be {}", limit, shown));
  }
  if (!next.with_credentials && next.with_body && has_body) {
    return refuse("body_to_other_origin",
                  fmt::format("the {} asks to send the body to another origin, {}", response.status,
                              next.url.origin()));
  }
  RedirectDecision decision;
  decision.follow = true;
  decision.next = std::move(next);
  return decision;
}

}  // namespace gatewatch
