// What the operator wants: plain values, complete and valid once loaded, immutable from then on.
// Every default of the specification (section 3) stands here and nowhere else.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/channel.h"
#include "config/header.h"
#include "config/ip_address.h"
#include "config/maintenance.h"
#include "config/match.h"
#include "config/scope.h"
#include "config/secret.h"
#include "config/silence.h"
#include "config/units.h"
#include "config/url.h"

namespace gatewatch::config {

using namespace std::chrono_literals;

// Where our HTTP server listens: a TCP endpoint or a Unix socket path.
struct ListenAddress {
  Endpoint endpoint;
  std::string unix_path;  // not empty: the endpoint is unused

  friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

// "file:line:column" of what the operator wrote, for messages; two values that stand in different
// places are no different for that.
struct WrittenAt {
  std::string text;

  friend bool operator==(const WrittenAt& /*one*/, const WrittenAt& /*other*/) { return true; }
};

struct ServerTls {
  std::string certificate;  // PEM file, leaf first: its name, for people
  std::string chain{};      // what stood in it when it was read, and is served
  Secret key;               // PEM text
  WrittenAt place{};

  friend bool operator==(const ServerTls&, const ServerTls&) = default;
};

struct Daemon {
  ListenAddress listen{{{IpFamily::V4, {127, 0, 0, 1}}, 9502}, {}};
  std::vector<std::string> hosts;  // further Host names under which the server may be reached
  std::optional<ServerTls> tls;
  Secret token;                  // for reads from elsewhere than loopback (Authorization: Bearer)
  bool anonymous_reads = false;  // reads need no token on any address
  std::string external_url;      // the prefix of links in notifications; empty: http://LISTEN
  std::string data = "/var/lib/gatewatch";
  std::string region = "local";
  int probe_threads = 0;        // 0: one per core
  int probes_in_flight = 4096;  // turns of routes at most, over all threads
  TargetPolicy targets = TargetPolicy::standard();

  friend bool operator==(const Daemon&, const Daemon&) = default;
};

struct Storage {
  Duration results = 14 * 24h;
  Duration evidence = 90 * 24h;
  Duration rollups = 400 * 24h;
  std::uint64_t max_size = 10ULL << 30;  // bytes

  friend bool operator==(const Storage&, const Storage&) = default;
};

struct BodyExpectation {
  std::vector<std::string> contains;
  std::vector<std::string> not_contains;
  std::string matches;                      // RE2, unanchored; empty: none
  std::map<std::string, std::string> json;  // JSON pointer → the JSON text of the wanted value

  [[nodiscard]] bool empty() const {
    return contains.empty() && not_contains.empty() && matches.empty() && json.empty();
  }
  friend bool operator==(const BodyExpectation&, const BodyExpectation&) = default;
};

struct Expectation {
  StatusSet status;                 // never empty once loaded
  std::optional<Duration> latency;  // longer is `slow`
  Duration certificate = 14 * 24h;  // warn when it expires sooner
  BodyExpectation body;
  std::map<std::string, std::string> headers;  // lower-case name → glob over the value

  friend bool operator==(const Expectation&, const Expectation&) = default;
};

// Name servers as the operating system has them.
inline constexpr std::string_view system_resolver = "system";

enum class IpPreference : std::uint8_t { Any, V4, V6 };
enum class AddressChoice : std::uint8_t { Rotate, First, All };
enum class TlsVersion : std::uint8_t { V1_0, V1_1, V1_2, V1_3 };

struct Tls {
  bool verify = true;
  std::string ca;           // PEM file; empty: the system's
  std::string crl;          // PEM file of revocation lists; empty: none
  std::string certificate;  // PEM file of the client certificate; empty: none
  Secret key;               // PEM text of its key
  std::string server_name;  // SNI and the name verified; empty: the URL's host
  TlsVersion min_version = TlsVersion::V1_2;

  friend bool operator==(const Tls&, const Tls&) = default;
};

// After the first failure of a healthy route, and after the first success of one that failed: probe
// again at once, then `times` − 1 times more.
struct Confirmation {
  Duration every = 2s;
  int times = 5;

  friend bool operator==(const Confirmation&, const Confirmation&) = default;
};

struct Route {
  std::string group;  // may be empty
  std::string name;
  Url url;
  std::string method = "GET";
  std::vector<Header> headers;
  std::string body;
  Duration interval = 30s;
  Duration timeout = 10s;
  Confirmation confirm;
  std::vector<std::string> regions = {"*"};  // globs
  int redirects = 10;
  IpPreference ip = IpPreference::Any;
  AddressChoice addresses = AddressChoice::Rotate;
  std::string resolver{system_resolver};  // or "192.0.2.53:53"
  Secret proxy;        // "http://user:password@host:port" or "socks5://…"; empty: none
  std::string origin;  // for the bypass probe; empty: unknown
  Tls tls;
  std::string runbook;
  std::map<std::string, std::string> tags;
  std::vector<std::string> depends_on;  // ids of routes that must work for this one to
  std::uint64_t max_body = 1 << 20;     // bytes read of a body, inflated or not
  bool is_public = false;               // shown on the public status page (`public` in the file)
  Expectation expect;
  WrittenAt place{};

  // Whether the daemon of `region` probes it.
  [[nodiscard]] bool probed_from(const std::string& region) const;
  // "group/name", or "name" without a group: the identity of a route everywhere.
  [[nodiscard]] std::string id() const { return group.empty() ? name : group + "/" + name; }
  friend bool operator==(const Route&, const Route&) = default;
};

enum class Severity : std::uint8_t { Info, Warning, Critical };
[[nodiscard]] std::string_view severity_name(Severity severity) noexcept;

// How many of the reporting regions must breach.
struct Quorum {
  enum class Kind : std::uint8_t { Any, Majority, All, Count };
  Kind kind = Kind::Majority;
  int count = 0;  // with Kind::Count

  friend bool operator==(const Quorum&, const Quorum&) = default;
};

// Whom else to tell of an incident that goes on, unless somebody has acknowledged it.
struct Escalation {
  Duration after{};                 // its opening, or its newest reopening
  std::vector<std::string> notify;  // channel names

  friend bool operator==(const Escalation&, const Escalation&) = default;
};

struct Rule {
  std::string name;
  std::vector<std::string> routes = {"*"};  // globs over route ids
  std::map<std::string, std::string> tags;  // all must be equal; empty: no condition
  MatchSet match;
  std::vector<std::string> match_texts;  // as written, for people
  double rate = 0.05;
  Duration window = 5min;
  // Longer for routes whose interval is so long that it would hold too few results for the rule to
  // fire (FiringNeeds in firing.h); of built-in rules alone.
  bool stretches = false;
  double confidence = 0.95;  // within [0, 1); 0 takes the plain share
  int min_samples = 3;
  int min_matches = 3;    // of a region
  int resolve_after = 5;  // clean results of every region
  Duration reopen = 10min;
  Quorum regions;
  Severity severity = Severity::Critical;
  std::vector<std::string> notify;  // channel names
  std::optional<Duration> remind;
  std::vector<Escalation> escalate;  // the earliest first

  [[nodiscard]] bool covers(const Route& route) const;
  friend bool operator==(const Rule&, const Rule&) = default;
};

// Incidents of gatewatch's own, which no [[rule]] makes.
inline constexpr std::array<std::string_view, 2> own_rules = {"blind", "history-lost"};

struct Config {
  Daemon daemon;
  Storage storage;
  std::vector<Route> routes;  // sorted by id
  std::vector<Rule> rules;    // in the file's order; the built-in ones where the file has none
  std::vector<Channel> channels;
  std::vector<Silence> silences;          // in the file's order
  std::vector<Maintenance> maintenances;  // likewise

  friend bool operator==(const Config&, const Config&) = default;
};

// bad-gateway, down and certificate: what applies with no [[rule]], told to every channel.
[[nodiscard]] std::vector<Rule> built_in_rules(const std::vector<Channel>& channels);

}  // namespace gatewatch::config
