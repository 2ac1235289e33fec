#include "daemon/config_notes.h"

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon;
using Notes = std::vector<std::string>;

namespace {

config::Config watched() {
  config::Config config;
  config.routes.resize(2);
  config.routes[0].name = "a";
  config.routes[1].name = "b";
  config.channels = {{"journal", config::LogChannel{}}};
  return config;
}

}  // namespace

TEST_CASE("a configuration that does what it says needs no note") {
  CHECK(config_notes(watched()).empty());
}

TEST_CASE("nothing to watch and nobody to tell are noted") {
  CHECK(config_notes({}) == Notes{"no [[route]] is configured: nothing is watched"});
  auto config = watched();
  config.channels.clear();
  CHECK(config_notes(config) ==
        Notes{"no [[channel]] is configured: incidents go to the log and the pages alone"});
}

TEST_CASE("links that only this machine can follow are noted where others read them") {
  auto config = watched();
  config.channels.push_back({"hook", config::WebhookChannel{}});
  config.daemon.listen.endpoint = Endpoint::parse("127.0.0.1:9502").value();
  CHECK(config_notes(config) ==
        Notes{"links in notifications lead to 127.0.0.1:9502, which nobody else can open: set "
              "daemon.external_url"});
  config.daemon.external_url = "https://watch.example.com";
  CHECK(config_notes(config).empty());
  config.daemon.external_url.clear();
  config.daemon.listen.endpoint = Endpoint::parse("192.0.2.7:9502").value();
  CHECK(config_notes(config).empty());
  config.daemon.listen.unix_path = "/run/gatewatch.sock";
  config.daemon.listen.endpoint = Endpoint::parse("127.0.0.1:9502").value();
  CHECK(config_notes(config).empty());
}

TEST_CASE("routes of other regions are counted") {
  auto config = watched();
  config.daemon.region = "eu-west";
  config.routes[0].regions = {"us-*", "eu-*"};
  CHECK(config_notes(config).empty());
  config.routes[1].regions = {"us-*"};
  CHECK(config_notes(config) ==
        Notes{"1 route not probed here: none of the regions given matches \"eu-west\""});
  config.routes[0].regions = {"ap-*"};
  CHECK(config_notes(config).front().starts_with("2 routes not probed here"));
}

TEST_CASE("keys that nothing heeds yet are named") {
  auto config = watched();
  config.routes[0].is_public = true;
  config.routes[1].origin = "https://origin.example.com";
  CHECK(config_notes(config) == Notes{"public of routes has no effect in this version",
                                      "origin of routes has no effect in this version"});
}
