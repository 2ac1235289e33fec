#include "daemon/commands/probe_route.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "config/load.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace std::chrono_literals;

namespace {

constexpr auto url = "https://shop.example/api?token=1";

config::Route route_of(const ProbeOptions& options) {
  auto route = route_of_options(url, options);
  REQUIRE_MESSAGE(route.has_value(), (route ? std::string() : route.error().front()));
  return *std::move(route);
}

// All mistakes in one text.
std::string mistakes_of(const ProbeOptions& options, const std::string& address = url) {
  const auto route = route_of_options(address, options);
  REQUIRE_FALSE(route.has_value());
  std::string text;
  for (const auto& mistake : route.error()) text += mistake + "\n";
  return text;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("without options a URL is probed with the defaults of a route") {
  const auto route = route_of({});
  CHECK(route.id() == "https://shop.example/api");
  CHECK(route.url.text() == url);
  CHECK(route.method == "GET");
  CHECK(route.timeout == config::Route{}.timeout);
  CHECK(route.redirects == config::Route{}.redirects);
  CHECK(route.tls == config::Tls{});
  CHECK(route.expect.status.contains(204));
  CHECK_FALSE(route.expect.status.contains(302));
}

TEST_CASE("each option is the key of a route") {
  ProbeOptions options;
  options.texts = {{"method", "POST"},
                   {"body", "a=\"1\"\r\n\\"},
                   {"timeout", "1h"},
                   {"max_body", "64KiB"},
                   {"ip", "v6"},
                   {"resolver", "192.0.2.53:53"},
                   {"proxy", "http://user:word@proxy.example:3128"},
                   {"tls.server_name", "other.example"},
                   {"tls.min_version", "1.3"},
                   {"expect.body.matches", "^ok\\d+$"},
                   {"expect.latency", "2s"},
                   {"expect.certificate", "30d"},
                   {"tls.ca", std::nullopt}};
  options.lists = {{"expect.status", {"2xx", "404"}}, {"expect.body.contains", {"a", "\"b\""}}};
  options.headers = {"X-Plain: 1", "Authorization:Bearer x: y"};
  options.redirects = 0;
  options.insecure = true;
  const auto route = route_of(options);
  CHECK(route.method == "POST");
  CHECK(route.body == "a=\"1\"\r\n\\");
  CHECK(route.timeout == 1h);
  CHECK(route.max_body == 64U << 10);
  CHECK(route.ip == config::IpPreference::V6);
  CHECK(route.resolver == "192.0.2.53:53");
  CHECK(route.proxy.reveal() == "http://user:word@proxy.example:3128");
  CHECK_FALSE(route.tls.verify);
  CHECK(route.tls.server_name == "other.example");
  CHECK(route.tls.min_version == config::TlsVersion::V1_3);
  CHECK(route.expect.body.matches == "^ok\\d+$");
  CHECK(route.expect.body.contains == std::vector<std::string>{"a", "\"b\""});
  CHECK(route.expect.latency == 2s);
  CHECK(route.expect.certificate == 30 * 24h);
  CHECK(route.expect.status.contains(404));
  CHECK_FALSE(route.expect.status.contains(302));
  CHECK(route.redirects == 0);
  REQUIRE(route.headers.size() == 2);
  CHECK(route.headers[0] == config::Header{"X-Plain", config::Secret("1")});
  CHECK(route.headers[1] == config::Header{"Authorization", config::Secret("Bearer x: y")});
}

TEST_CASE("following no redirect, a redirect is right unless something else is said") {
  ProbeOptions options;
  options.redirects = 0;
  CHECK(route_of(options).expect.status.contains(302));
}

TEST_CASE("a mistake names the key and what would be right") {
  const auto said = [](const std::string& key, const std::string& value) {
    ProbeOptions options;
    options.texts[key] = value;
    return mistakes_of(options);
  };
  CHECK(contains(said("timeout", "0s"), "timeout is 0s: it must be from 10ms"));
  CHECK(contains(said("timeout", "soon"), "timeout"));
  CHECK(contains(said("timeout", "400d"), "timeout is 400d"));
  CHECK(contains(said("method", "get"), "write \"GET\""));
  CHECK(contains(said("resolver", "dns.example"), "192.0.2.53:53"));
  CHECK(contains(said("proxy", "ftp://x"), "is no proxy"));
  CHECK(contains(said("tls.ca", "/nowhere/ca.pem"), "tls.ca"));
  CHECK(contains(said("tls.ca", ""), "tls.ca is empty"));
  CHECK(contains(said("tls.certificate", "/dev/null"), "has no key beside it"));
  CHECK(contains(said("expect.body.matches", "("), "RE2"));
  CHECK(contains(mistakes_of({}, "not a url"), "\"not a url\": the URL "));
  CHECK(contains(mistakes_of({}, "ftp://user:wo?rd@host/?token=1"), "\"ftp://…@host/\": "));
}

TEST_CASE("a header is a name and a value, each name once") {
  const auto said = [](std::vector<std::string> headers) {
    ProbeOptions options;
    options.headers = std::move(headers);
    return mistakes_of(options);
  };
  CHECK(contains(said({"nonsense"}), "Name: value"));
  CHECK(contains(said({": value"}), "Name: value"));
  CHECK(contains(said({"X-A: 1", "X-A: 2"}), "X-A is given twice"));
  CHECK(contains(said({"X-A: 1", "x-a: 2"}), "twice"));
  CHECK(contains(said({"X-A: 1\r\nX-B: 2"}), "line break"));
  CHECK(contains(said({"Content-Length: 7"}), "Content-Length"));
  const auto secret = said({"Authorization: hunter2\n"});
  CHECK(contains(secret, "Authorization"));
  CHECK_FALSE(contains(secret, "hunter2"));
}

TEST_CASE("files are named from the working directory") {
  const auto path = std::filesystem::temp_directory_path() / "gatewatch-probe-route-test.pem";
  std::ofstream(path) << "-----BEGIN PRIVATE KEY-----\n";
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  ProbeOptions options;
  options.texts["tls.certificate"] = path.string();
  options.key_file = std::filesystem::relative(path).string();
  const auto route = route_of(options);
  CHECK(route.tls.certificate == path.string());
  CHECK(route.tls.key.reveal() == "-----BEGIN PRIVATE KEY-----");
  std::filesystem::remove(path);
}

TEST_CASE("routes of the configuration are found by their ids") {
  const auto config = config::load_text(
      "[[route]]\ngroup = \"shop\"\nname = \"cart\"\nurl = \"http://shop.example/\"\n"
      "[[route]]\nname = \"blog\"\nurl = \"http://blog.example/\"\n",
      "test", config::process_environment());
  REQUIRE(config.has_value());
  const auto routes = routes_of_config(*config, {"shop/cart", "blog"});
  REQUIRE(routes.has_value());
  REQUIRE(routes->size() == 2);
  CHECK((*routes)[0].id() == "shop/cart");
  CHECK((*routes)[1].id() == "blog");
  const auto unknown = routes_of_config(*config, {"shop/crat", "blog"});
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error() ==
        UsageMistakes{"there is no route \"shop/crat\" (did you mean \"shop/cart\"?)"});
}
