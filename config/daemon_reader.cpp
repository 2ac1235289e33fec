#include "config/daemon_reader.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "config/syntax.h"

namespace gatewatch::config {
namespace {

constexpr std::size_t longest_socket_path = 107;  // sun_path, with its end
constexpr Duration longest_retention = 3660 * 24h;

std::optional<ListenAddress> parse_listen(std::string_view text) {
  constexpr std::string_view unix_scheme = "unix:";
  ListenAddress address;
  if (text.starts_with(unix_scheme)) {
    address.unix_path = text.substr(unix_scheme.size());
    return address.unix_path.starts_with('/') ? std::optional(address) : std::nullopt;
  }
  const auto endpoint = Endpoint::parse(text);
  if (!endpoint) return std::nullopt;
  address.endpoint = *endpoint;
  return address;
}

void read_listen(Section& section, ListenAddress& into) {
  std::string text;
  if (!section.text("listen", text)) return;
  const auto address = parse_listen(text);
  if (!address) {
    return section.mistake("listen", fmt::format("is \"{}\": write an address and a port, like "
                                                 "\"127.0.0.1:9502\" or \"[::1]:9502\", or "
                                                 "\"unix:/absolute/path\"",
                                                 text));
  }
  if (address->unix_path.size() > longest_socket_path) {
    return section.mistake("listen", fmt::format("is too long: the path of a socket has at most {} "
                                                 "bytes, this one has {}",
                                                 longest_socket_path, address->unix_path.size()));
  }
  into = *address;
}

void read_hosts(Section& section, std::vector<std::string>& into) {
  const auto hosts = section.texts("hosts");
  if (!hosts) return;
  for (const auto& [host, place] : *hosts) {
    if (const auto ascii = parse_host(host)) {
      into.push_back(lower_case(*ascii));
    } else {
      section.mistakes().add(
          place, fmt::format("{}: {}", section.name_of("hosts"), ascii.error().message));
    }
  }
}

// A string is the path of a file, which a group may share (ssl-cert) and everyone may not.
void read_server_key(Section& section, Secret& into) {
  const auto* const value = section.take("key");
  if (value == nullptr) return;
  if (!std::holds_alternative<std::string>(value->data)) {
    section.secret("key", into, Sensitivity::Secret);
    return;
  }
  std::string path;
  auto content = section.readable_file("key", path);
  if (!content) return;
  if (content->readable_by_others) {
    section.mistake("key", fmt::format("can be read by every user: chmod 600 {}", path));
  }
  into = Secret(std::move(content->text));
}

void read_server_tls(Section& section, std::optional<ServerTls>& into) {
  ServerTls tls;
  auto content = section.readable_file("certificate", tls.certificate);
  if (content) tls.chain = std::move(content->text);
  read_server_key(section, tls.key);
  tls.place.text = section.mistakes().describe(section.place_of("certificate"));
  for (const auto* const key : {"certificate", "key"}) {
    if (!section.has(key)) {
      section.mistakes().add(section.place(), fmt::format("{} is missing", section.name_of(key)));
    }
  }
  section.finish();
  into = std::move(tls);
}

void read_token(Section& section, Secret& into) {
  if (!section.secret("token", into, Sensitivity::Secret)) return;
  const bool plain = std::ranges::all_of(
      into.reveal(), [](char character) { return character > ' ' && character < 0x7f; });
  if (!plain) section.mistake("token", "holds a blank, a line break or a byte that is not ASCII");
}

void read_external_url(Section& section, std::string& into) {
  Url url;
  if (!section.url("external_url", url)) return;
  if (url.has_query) section.mistake("external_url", "has a query: links are appended to it");
  into = url.text();
  while (into.ends_with('/')) into.pop_back();
}

void read_networks(Section& section, std::string_view key, std::vector<IpNetwork>& into) {
  const auto texts = section.texts(key);
  if (!texts) return;
  into.clear();
  for (const auto& [text, place] : *texts) {
    if (auto network = IpNetwork::parse(text)) {
      into.push_back(*network);
    } else {
      section.mistakes().add(place,
                             fmt::format("{}: {}", section.name_of(key), network.error().message));
    }
  }
}

// Whoever can reach the port reads URLs, errors and evidence of every route.
void check_exposure(Section& section, const Daemon& daemon) {
  const auto& listen = daemon.listen;
  const bool local = !listen.unix_path.empty() || listen.endpoint.address.is_loopback();
  if (local || section.has("token") || daemon.anonymous_reads) return;
  section.mistake("listen", fmt::format("is {}, which others can reach: set {} so that reading "
                                        "needs it, or {} = true if everyone may read",
                                        listen.endpoint.text(), section.name_of("token"),
                                        section.name_of("anonymous_reads")));
}

}  // namespace

void read_daemon(Section& section, Daemon& into) {
  read_listen(section, into.listen);
  read_hosts(section, into.hosts);
  if (auto tls = section.section("tls")) read_server_tls(*tls, into.tls);
  read_token(section, into.token);
  section.flag("anonymous_reads", into.anonymous_reads);
  read_external_url(section, into.external_url);
  section.text("data", into.data);
  if (section.text("region", into.region)) {
    if (const auto error = check_name(into.region)) section.mistake("region", error->message);
  }
  section.number("probe_threads", into.probe_threads, 0, 256);
  section.number("probes_in_flight", into.probes_in_flight, 1, 1'000'000);
  if (auto targets = section.section("targets")) {
    read_networks(*targets, "deny", into.targets.deny);
    read_networks(*targets, "allow", into.targets.allow);
    targets->finish();
  }
  check_exposure(section, into);
  section.finish();
}

void read_daemon_access(Section& section, DaemonAccess& into) {
  read_listen(section, into.listen);
  if (auto tls = section.section("tls")) {
    if (auto content = tls->readable_file("certificate", into.certificate)) {
      into.chain = std::move(content->text);
    }
  }
  const auto* const token = section.take("token");
  if (token == nullptr) return;
  Mistakes obstacles;
  obstacles.add_file({});
  auto secret =
      section.secrets().read(*token, section.name_of("token"), Sensitivity::Secret, obstacles);
  if (secret) into.token = *std::move(secret);
  if (!secret && !obstacles.empty()) into.no_token = obstacles.sorted().front().message;
}

void read_storage(Section& section, Storage& into) {
  section.duration("results", into.results, 1s, longest_retention);
  section.duration("evidence", into.evidence, 1s, longest_retention);
  section.duration("rollups", into.rollups, 1s, longest_retention);
  section.size("max_size", into.max_size, 1 << 20, 1ULL << 50);
  section.finish();
}

}  // namespace gatewatch::config
