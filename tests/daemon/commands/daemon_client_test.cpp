// A client against our own server on real sockets, each on a thread of its own.

#include "daemon/commands/daemon_client.h"

#include <fstream>
#include <future>
#include <thread>

#include <doctest/doctest.h>

#include "daemon/web/server.h"
#include "tests/fakes/certificate_maker.h"
#include "tests/fakes/temporary_directory.h"
#include "tests/fakes/uv_harness.h"

using namespace gatewatch;
using namespace gatewatch::daemon;
using namespace gatewatch::tests;
using nlohmann::json;

namespace {

// Answers every request with what it was, as JSON.
class Echo {
 public:
  explicit Echo(const config::ListenAddress& address,
                const std::optional<config::ServerTls>& tls = {}) {
    web::ServerSettings settings{.listen = address};
    if (tls) settings.tls = net::TlsContext::server(*tls).value();
    server_ = web::Server::create(loop_.network(), std::move(settings),
                                  [this](const net::Request& request, const web::WebReply& reply) {
                                    const json body = {
                                        {"method", request.method},
                                        {"target", request.target},
                                        {"host", request.headers.get("Host")},
                                        {"authorization", request.headers.get("Authorization")},
                                        {"type", request.headers.get("Content-Type")},
                                        {"body", request.body}};
                                    auto answer = answer_;
                                    if (!wanted_.empty() && body["authorization"] != wanted_) {
                                      answer = {.status = 401, .body = "{}", .headers = {}};
                                    }
                                    if (answer.body.empty()) answer.body = body.dump();
                                    reply(std::move(answer));
                                  })
                  .value();
  }

  // What `ask` comes to on another thread, while the server's loop turns.
  template <typename Ask>
  auto during(Ask ask) {
    auto asked = std::async(std::launch::async, ask);
    REQUIRE(loop_.run_until(
        [&asked] { return asked.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }));
    return asked.get();
  }
  void answer(int status, std::string body) {
    answer_ = {.status = status, .body = std::move(body), .headers = {}};
  }
  void want(std::string authorization) { wanted_ = std::move(authorization); }
  [[nodiscard]] Endpoint local() const { return server_->local(); }

 private:
  UvHarness loop_;
  web::WebResponse answer_{.body = {}, .headers = {}};
  std::string wanted_;  // empty: nothing
  std::unique_ptr<web::Server> server_;
};

config::ListenAddress at(const std::string& endpoint) {
  return {.endpoint = *Endpoint::parse(endpoint), .unix_path = {}};
}

config::DaemonAccess access_to(const config::ListenAddress& address) {
  config::DaemonAccess access;
  access.listen = address;
  access.token = config::Secret("s3cret");
  return access;
}

}  // namespace

TEST_CASE("asks over TCP, with the token where it changes something, and reads JSON") {
  for (const auto* const address : {"127.0.0.1:0", "[::1]:0"}) {
    CAPTURE(address);
    Echo echo(at(address));
    const DaemonClient client(access_to({.endpoint = echo.local(), .unix_path = {}}));
    const auto got = echo.during([&client] { return client.get("/api/v1/incidents?open=true"); });
    REQUIRE(got.has_value());
    CHECK(got->status == 200);
    CHECK(got->body["target"] == "/api/v1/incidents?open=true");
    CHECK(got->body["host"] == echo.local().text());
    CHECK(got->body["authorization"] == "");
    const auto posted =
        echo.during([&client] { return client.post("/api/v1/changes", {{"text", "Ärger"}}); });
    REQUIRE(posted.has_value());
    CHECK(posted->body["method"] == "POST");
    CHECK(posted->body["authorization"] == "Bearer s3cret");
    CHECK(posted->body["type"] == "application/json");
    CHECK(posted->body["body"] == R"({"text":"Ärger"})");
    CHECK(client.address() == "http://" + echo.local().text());
  }
}

TEST_CASE("a daemon that shows nothing without the token gets it") {
  Echo echo(at("127.0.0.1:0"));
  const DaemonClient client(access_to({.endpoint = echo.local(), .unix_path = {}}));
  echo.want("Bearer s3cret");
  const auto got = echo.during([&client] { return client.get("/"); });
  REQUIRE(got.has_value());
  CHECK(got->body["authorization"] == "Bearer s3cret");
}

TEST_CASE("whoever listens everywhere is asked on this machine's own address") {
  Echo echo(at("0.0.0.0:0"));
  auto listen = echo.local();
  listen.address = *IpAddress::parse("0.0.0.0");
  const DaemonClient client(access_to({.endpoint = listen, .unix_path = {}}));
  const auto got = echo.during([&client] { return client.get("/"); });
  REQUIRE(got.has_value());
  CHECK(got->body["host"] == "127.0.0.1:" + std::to_string(listen.port));
}

TEST_CASE("asks over a Unix socket") {
  const TemporaryDirectory directory;
  const config::ListenAddress address{.endpoint = {}, .unix_path = directory.path() + "/socket"};
  Echo echo(address);
  const DaemonClient client(access_to(address));
  const auto got = echo.during([&client] { return client.get("/x"); });
  REQUIRE(got.has_value());
  CHECK(got->body["host"] == "localhost");
}

TEST_CASE("over TLS only who holds the configured certificate is asked") {
  const TemporaryDirectory directory;
  for (const auto* const name : {"watch.example.com", "*.example.com", "192.0.2.7", "::1"}) {
    CAPTURE(name);
    const auto tls = make_self_signed({.names = {name}}).write(directory.path(), "ours");
    Echo echo(at("127.0.0.1:0"), tls);
    auto access = access_to({.endpoint = echo.local(), .unix_path = {}});
    access.certificate = tls.certificate;
    access.chain = tls.chain;
    const DaemonClient client(access);
    const auto got = echo.during([&client] { return client.get("/x"); });
    REQUIRE_MESSAGE(got.has_value(), got.error().message);
    CHECK(got->body["target"] == "/x");
  }
  const auto theirs =
      make_self_signed({.names = {"watch.example.com"}}).write(directory.path(), "t");
  const auto ours = make_self_signed({.names = {"watch.example.com"}}).write(directory.path(), "o");
  Echo echo(at("127.0.0.1:0"), theirs);
  auto access = access_to({.endpoint = echo.local(), .unix_path = {}});
  access.certificate = ours.certificate;
  access.chain = ours.chain;
  const DaemonClient client(access);
  const auto got = echo.during([&client] { return client.get("/x"); });
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().message.find("does not show the certificate " + ours.certificate) !=
        std::string::npos);
}

TEST_CASE("where no daemon is, the address is named") {
  config::ListenAddress nowhere;
  {
    Echo gone(at("127.0.0.1:0"));
    nowhere.endpoint = gone.local();
  }
  const auto refused = DaemonClient(access_to(nowhere)).get("/");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message ==
        "no daemon answers on http://" + nowhere.endpoint.text() + ": is gatewatch running?");
  const auto missing =
      DaemonClient(access_to({.endpoint = {}, .unix_path = "/nowhere/at/all"})).get("/");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message ==
        "no daemon answers on unix:/nowhere/at/all: is gatewatch running?");
}

TEST_CASE("what the daemon refuses is said in its words; checks that fail are an answer") {
  Echo echo(at("127.0.0.1:0"));
  const DaemonClient client(access_to({.endpoint = echo.local(), .unix_path = {}}));
  const auto get = [&] { return echo.during([&client] { return client.get("/"); }); };
  echo.answer(409, R"({"error": "This incident is \u001b[31mresolved."})");
  CHECK(get().error().message.starts_with("This incident is"));
  CHECK(get().error().message.find('\x1b') == std::string::npos);
  echo.answer(503, R"({"ok": false, "checks": []})");
  REQUIRE(get().has_value());
  CHECK(get()->status == 503);
  echo.answer(404, "{}");
  CHECK(get().error().message.ends_with("answers with status 404"));
  echo.answer(200, "<html>");
  CHECK(get().error().message.find("is no gatewatch") != std::string::npos);
}

TEST_CASE("nothing is sent that needs a token where there is none") {
  config::DaemonAccess access;
  CHECK(DaemonClient(access).post("/", {}).error().message.find("needs daemon.token") !=
        std::string::npos);
  access.no_token = "daemon.token: CREDENTIALS_DIRECTORY is not set";
  CHECK(DaemonClient(access).post("/", {}).error().message.find("set GATEWATCH_TOKEN") !=
        std::string::npos);
}

TEST_CASE("the environment's token goes before the file's, which may be out of reach") {
  const TemporaryDirectory directory;
  const auto file = directory.path() + "/gatewatch.toml";
  std::ofstream(file) << "[daemon]\ntoken = { credential = \"token\" }\n";
  const auto none = [](const std::string&) { return std::optional<std::string>(); };
  const auto client = DaemonClient::open(file, none);
  REQUIRE(client.has_value());
  CHECK(client->address() == "http://127.0.0.1:9502");
  CHECK(client->post("/", {}).error().message.find("CREDENTIALS_DIRECTORY") != std::string::npos);
  Echo echo(at("127.0.0.1:0"));
  std::ofstream(file) << "[daemon]\ntoken = { credential = \"token\" }\nlisten = \""
                      << echo.local().text() << "\"\n";
  const auto given = DaemonClient::open(file, [](const std::string& name) {
    return name == "GATEWATCH_TOKEN" ? std::optional<std::string>("given") : std::nullopt;
  });
  const auto got = echo.during([&given] { return given->post("/", json::object()); });
  CHECK(got->body["authorization"] == "Bearer given");
  CHECK_FALSE(DaemonClient::open(directory.path() + "/none.toml", none).has_value());
}
