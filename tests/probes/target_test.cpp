#include "probes/target.h"

#include <string>

#include <doctest/doctest.h>

#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/probes/probe_fixture.h"

using namespace gatewatch;
using namespace gatewatch::tests;

namespace {

std::string error_of(const config::Route& route) {
  TargetFactory factory;
  const auto target = factory.create(route);
  REQUIRE_FALSE(target.has_value());
  return target.error().message;
}

}  // namespace

TEST_CASE("routes with equal TLS settings share a context, whatever name they verify") {
  TargetFactory factory;
  auto route = make_route("https://shop.example/");
  const auto plain = factory.create(route).value();
  route.tls.server_name = "other.example";
  const auto named = factory.create(route).value();
  route.tls.verify = false;
  const auto careless = factory.create(route).value();
  CHECK(plain->tls == named->tls);
  CHECK(plain->tls != careless->tls);
  CHECK(plain->tls == plain->tls_elsewhere);
}

TEST_CASE("routes that expect the same share a judge") {
  TargetFactory factory;
  auto route = make_route("http://shop.example/");
  const auto first = factory.create(route).value();
  const auto second = factory.create(route).value();
  route.expect.body.contains = {"cart"};
  const auto other = factory.create(route).value();
  CHECK(first->judge == second->judge);
  CHECK(first->judge != other->judge);
  CHECK(other->judge == factory.create(route).value()->judge);
}

TEST_CASE("a client certificate is for the route's own origin") {
  const TemporaryDirectory directory;
  const auto made = make_self_signed({.common_name = "client"});
  auto route = make_route("https://shop.example/");
  route.tls.certificate = write_file(directory.path(), "client.pem", made.certificate);
  route.tls.key = config::Secret(made.key);
  TargetFactory factory;
  const auto target = factory.create(route).value();
  CHECK(target->tls != target->tls_elsewhere);
  CHECK(target->tls_elsewhere == factory.create(make_route("https://b.example/")).value()->tls);
}

TEST_CASE("what cannot be used is an error that names the route") {
  auto proxied = make_route("http://shop.example/");
  proxied.proxy = config::Secret("ftp://u:SECRET@proxy");
  CHECK(error_of(proxied).starts_with("route shop/checkout: the proxy's URL"));
  CHECK(error_of(proxied).find("SECRET") == std::string::npos);

  auto without_file = make_route("https://shop.example/");
  without_file.tls.ca = "/nonexistent/ca.pem";
  CHECK(error_of(without_file).find("/nonexistent/ca.pem") != std::string::npos);

  auto pattern = make_route("http://shop.example/");
  pattern.expect.body.matches = "(";
  CHECK(error_of(pattern).starts_with("route shop/checkout: \"(\" is no RE2 pattern"));

  auto header = make_route("http://shop.example/");
  header.headers.push_back({"X", config::Secret("a\r\nb")});
  CHECK(error_of(header).starts_with("route shop/checkout: the value of header X"));
}
