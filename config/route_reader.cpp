#include "config/route_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "config/expectation_reader.h"
#include "config/header_reader.h"
#include "config/syntax.h"

namespace gatewatch::config {
namespace {

constexpr auto longest_time = 366 * 24h;
constexpr std::uint64_t largest_body = 64 << 20;

void read_name(Section& section, std::string_view key, std::string& into) {
  if (!section.text(key, into)) return;
  if (const auto error = check_name(into)) section.mistake(key, error->message);
}

std::string upper_case(std::string text) {
  for (auto& character : text) {
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
  }
  return text;
}

void read_method(Section& section, std::string& into) {
  constexpr std::array<std::string_view, 7> usual = {"GET",    "HEAD",    "POST", "PUT",
                                                     "DELETE", "OPTIONS", "PATCH"};
  if (!section.text("method", into)) return;
  if (!is_token(into)) {
    section.mistake("method", "is no HTTP method: write one like \"GET\" or \"POST\"");
  } else if (into == "CONNECT") {
    section.mistake("method", "is CONNECT, which is for proxies alone: name one with `proxy`");
  } else if (const auto upper = upper_case(into);
             upper != into && std::ranges::find(usual, upper) != usual.end()) {
    section.mistake("method", fmt::format("is \"{}\": write \"{}\", case matters", into, upper));
  }
}

void read_request(Section& section, Route& route) {
  section.url("url", route.url);
  read_method(section, route.method);
  read_headers(section, "headers", route.headers);
  if (const auto* const body = section.take("body")) {
    if (const auto* const text = std::get_if<std::string>(&body->data)) {
      route.body = *text;
    } else {
      section.mistake("body", fmt::format("must be a string, not {}", body->type_name()));
    }
  }
  section.number("redirects", route.redirects, 0, 50);
  section.size("max_body", route.max_body, 0, largest_body);
}

void read_schedule(Section& section, RouteDraft& draft) {
  auto& route = draft.route;
  section.duration("interval", route.interval, 100ms, longest_time);
  if (section.duration("timeout", route.timeout, 10ms, longest_time)) draft.timeout_written = true;
  if (auto confirm = section.section("confirm")) {
    confirm->duration("every", route.confirm.every, 100ms, 1h);
    confirm->number("times", route.confirm.times, 0, 100);
    confirm->finish();
  }
  if (const auto regions = section.texts("regions")) {
    if (regions->empty()) section.mistake("regions", "names no region: write [\"*\"] for all");
    route.regions.clear();
    for (const auto& region : *regions) route.regions.push_back(region.text);
  }
}

void read_tls(Section& section, Tls& tls) {
  section.flag("verify", tls.verify);
  section.readable_file("ca", tls.ca);
  section.readable_file("crl", tls.crl);
  section.readable_file("certificate", tls.certificate);
  if (section.secret("key", tls.key, Sensitivity::Secret) &&
      tls.key.reveal().find("-----BEGIN ") == std::string::npos) {
    section.mistake("key", "is no PEM text: for a file write { file = \"PATH\" }");
  }
  section.host("server_name", tls.server_name);
  section.choice<TlsVersion>("min_version", tls.min_version,
                             {{"1.0", TlsVersion::V1_0},
                              {"1.1", TlsVersion::V1_1},
                              {"1.2", TlsVersion::V1_2},
                              {"1.3", TlsVersion::V1_3}});
  const bool has_certificate = section.has("certificate") || !tls.certificate.empty();
  const bool has_key = section.has("key") || !tls.key.empty();
  if (has_certificate != has_key) {
    section.mistake(has_key ? "key" : "certificate",
                    has_key ? "has no certificate beside it" : "has no key beside it");
  }
  section.finish();
}

void read_resolver(Section& section, std::string& into) {
  if (!section.text("resolver", into) || into == system_resolver) return;
  const auto endpoint = Endpoint::parse(into);
  if (!endpoint || endpoint->port == 0) {
    section.mistake("resolver",
                    fmt::format("is \"{}\": write \"system\", or an address and a port, like "
                                "\"192.0.2.53:53\" or \"[2001:db8::53]:53\"",
                                into));
  }
}

void read_proxy(Section& section, Secret& into) {
  Secret proxy;
  // Without a user, the address of a proxy is no secret.
  const auto* const value = section.take("proxy");
  const auto* const text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
  const bool harmless = text != nullptr && text->find('@') == std::string::npos;
  if (!section.secret("proxy", proxy, harmless ? Sensitivity::Harmless : Sensitivity::Secret)) {
    return;
  }
  if (!is_proxy(proxy.reveal())) {
    section.mistake("proxy", "is no proxy: write \"http://HOST:PORT\" or \"socks5://HOST:PORT\"");
  }
  into = std::move(proxy);
}

void read_origin(Section& section, std::string& into) {
  Url url;
  if (!section.url("origin", url)) return;
  if (url.request_target() != "/") {
    section.mistake("origin",
                    "has a path: the route's own is used, so write only scheme, host "
                    "and port, like \"http://10.0.3.7:8080\"");
  }
  into = url.origin();
}

void read_connection(Section& section, Route& route) {
  section.choice<IpPreference>(
      "ip", route.ip,
      {{"any", IpPreference::Any}, {"v4", IpPreference::V4}, {"v6", IpPreference::V6}});
  section.choice<AddressChoice>("addresses", route.addresses,
                                {{"rotate", AddressChoice::Rotate},
                                 {"first", AddressChoice::First},
                                 {"all", AddressChoice::All}});
  read_resolver(section, route.resolver);
  read_proxy(section, route.proxy);
  read_origin(section, route.origin);
  if (auto tls = section.section("tls")) read_tls(*tls, route.tls);
}

void read_keys(Section& section, RouteDraft& draft) {
  auto& route = draft.route;
  read_name(section, "group", route.group);
  read_request(section, route);
  read_schedule(section, draft);
  read_connection(section, route);
  section.link("runbook", route.runbook);
  section.text_map("tags", route.tags);
  section.flag("public", route.is_public);
  if (auto parents = section.texts("depends_on")) {
    route.depends_on.clear();
    for (const auto& parent : *parents) route.depends_on.push_back(parent.text);
    draft.depends_on = *std::move(parents);
  }
  if (auto expect = section.section("expect")) {
    if (expect->has("latency")) draft.latency = expect->place_of("latency");
    read_expectation(*expect, route.expect);
  }
}

// What a route's own keys and the defaults must agree on.
void complete(Section& section, RouteDraft& draft) {
  auto& route = draft.route;
  if (!section.has("url") && route.url.host.empty()) {
    section.mistakes().add(section.place(), "the route has no url");
  }
  if (!draft.timeout_written) route.timeout = std::min(route.timeout, route.interval);
  if (route.timeout > route.interval) {
    section.refuse(
        section.has("timeout") ? "timeout" : "interval",
        Error{fmt::format("the timeout ({}) is longer than the interval ({}), so a slow "
                          "probe would skip the next turn",
                          format_duration(route.timeout), format_duration(route.interval))});
  }
  if (route.expect.latency && *route.expect.latency >= route.timeout) {
    section.mistakes().add(draft.latency,
                           fmt::format("expect.latency ({}) is not shorter than the timeout of "
                                       "route {} ({}), so no answer can be slow",
                                       format_duration(*route.expect.latency), route.id(),
                                       format_duration(route.timeout)));
  }
  if (route.expect.status.empty()) {
    route.expect.status.add(200, route.redirects == 0 ? 399 : 299);
  }
}

}  // namespace

void read_defaults(Section& section, RouteDraft& into) {
  if (section.take("name") != nullptr) {
    section.mistake("name", "cannot be a default: every route has a name of its own");
  }
  if (section.take("depends_on") != nullptr) {
    section.mistake("depends_on", "cannot be a default: a route would depend on itself");
  }
  read_keys(section, into);
  section.finish();
}

RouteDraft read_route(Section& section, const RouteDraft& defaults) {
  auto draft = defaults;
  draft.place = section.place_of("name");
  draft.route.place.text = section.mistakes().describe(draft.place);
  read_name(section, "name", draft.route.name);
  if (!section.has("name")) section.mistakes().add(section.place(), "the route has no name");
  read_keys(section, draft);
  if (draft.certain) complete(section, draft);
  section.finish();
  return draft;
}

}  // namespace gatewatch::config
