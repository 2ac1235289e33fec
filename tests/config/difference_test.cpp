#include "config/difference.h"

#include <doctest/doctest.h>

using namespace gatewatch::config;

namespace {

Route route(std::string name) {
  Route made;
  made.name = std::move(name);
  return made;
}

}  // namespace

TEST_CASE("routes are removed by their identity") {
  Config before;
  before.routes = {route("a"), route("b"), route("c"), route("e")};
  Config now;
  now.routes = {route("b"), route("c"), route("d"), route("f")};
  now.routes[1].timeout = 3s;
  const auto changes = difference(before, now);
  CHECK(changes.removed == std::vector<std::string>{"a", "e"});
  CHECK(changes.needs_restart.empty());
}

TEST_CASE("from nothing to something and back") {
  Config some;
  some.routes = {route("a")};
  CHECK(difference(Config{}, some).removed.empty());
  CHECK(difference(some, Config{}).removed == std::vector<std::string>{"a"});
}

TEST_CASE("settings that are used once, at the start, need a restart") {
  const Config before;
  auto now = before;
  now.daemon.listen.endpoint.port = 9503;
  now.daemon.data = "/srv";
  now.daemon.token = Secret("new");
  now.storage.results = 1h;
  CHECK(difference(before, now).needs_restart ==
        std::vector<std::string>{"daemon.listen", "daemon.data"});
}

TEST_CASE("a certificate that was renewed in its file is a change, another place of it is none") {
  Config before;
  before.daemon.tls = ServerTls{.certificate = "server.pem", .chain = "old", .key = Secret("key")};
  auto now = before;
  now.daemon.tls->place.text = "gatewatch.toml:7:1";
  CHECK(difference(before, now).needs_restart.empty());
  now.daemon.tls->chain = "new";
  CHECK(difference(before, now).needs_restart == std::vector<std::string>{"daemon.tls"});
}

TEST_CASE("what only a restart can change stays, and the next reload names it again") {
  Config before;
  before.daemon.region = "eu";
  auto file = before;
  file.daemon.listen.endpoint.port = 9503;
  file.daemon.tls = ServerTls{.certificate = "server.pem", .chain = "new", .key = Secret("key")};
  file.daemon.data = "/srv";
  file.daemon.region = "us";
  file.daemon.probe_threads = 7;
  file.daemon.probes_in_flight = 9;
  file.daemon.token = Secret("new");
  file.daemon.external_url = "https://watch.example.com";
  file.daemon.targets = {};
  file.routes = {route("a")};
  const auto now = without_restart(file, before);
  CHECK(difference(before, now).needs_restart.empty());
  CHECK(difference(now, file).needs_restart.size() == 6);
  CHECK(now.daemon.token == file.daemon.token);
  CHECK(now.daemon.external_url == file.daemon.external_url);
  CHECK(now.daemon.targets == file.daemon.targets);
  CHECK(now.routes == file.routes);
}
