#include "config/daemon_reader.h"

#include "tests/config/good_files.h"
#include "tests/source_paths.h"

using namespace gatewatch::config;
using gatewatch::Endpoint;

TEST_CASE("every key of [daemon] and [storage] is read") {
  const auto config = good("complete");
  const auto& daemon = config.daemon;
  CHECK(daemon.listen.endpoint == Endpoint::parse("[::1]:9503"));
  CHECK(daemon.hosts == std::vector<std::string>{"status.example.com"});
  CHECK(daemon.token.reveal() == "token-of-the-test");
  CHECK(daemon.anonymous_reads);
  CHECK(daemon.external_url == "https://status.example.com/gatewatch");
  CHECK(daemon.data == "/srv/gatewatch");
  CHECK(daemon.region == "eu-west");
  CHECK(daemon.probe_threads == 2);
  CHECK(daemon.probes_in_flight == 100);
  REQUIRE(daemon.targets.deny.size() == 1);
  CHECK(daemon.targets.deny[0].text() == "10.0.0.0/8");
  CHECK(daemon.targets.allow.size() == 2);
  CHECK(config.storage.results == 7 * 24h);
  CHECK(config.storage.evidence == 60 * 24h);
  CHECK(config.storage.rollups == 30 * 24h);
  CHECK(config.storage.max_size == 1ULL << 30);
}

TEST_CASE("what is not named has the default of the specification") {
  const auto config = good("empty");
  CHECK(config.daemon == Daemon{});
  CHECK(config.daemon.listen.endpoint == Endpoint::parse("127.0.0.1:9502"));
  CHECK(config.daemon.targets == gatewatch::TargetPolicy::standard());
  CHECK(config.storage == Storage{});
  CHECK(config.routes.empty());
}

TEST_CASE("what programs compare or follow is in ASCII") {
  const auto daemon =
      loaded(
          "[daemon]\nhosts = [\"Bücher.example\"]\nexternal_url = \"https://bücher.example/x/\"\n")
          .daemon;
  CHECK(daemon.hosts == std::vector<std::string>{"xn--bcher-kva.example"});
  CHECK(daemon.external_url == "https://xn--bcher-kva.example/x");
}

TEST_CASE("an address that others can reach needs a token or an explicit word") {
  const std::string exposed = "[daemon]\nlisten = \"192.0.2.1:9502\"\n";
  CHECK_FALSE(load_text(exposed, "test.toml", test_environment).has_value());
  CHECK(loaded(exposed + "anonymous_reads = true\n").daemon.token.empty());
  CHECK_FALSE(loaded(exposed + "token = { env = \"TOKEN\" }\n").daemon.anonymous_reads);
  CHECK(loaded("[daemon]\nlisten = \"127.0.0.2:0\"\n").daemon.listen.endpoint.port == 0);
}

TEST_CASE("the daemon can listen on a socket in the file system") {
  const auto config = loaded("[daemon]\nlisten = \"unix:/run/gatewatch/http.sock\"\n");
  CHECK(config.daemon.listen.unix_path == "/run/gatewatch/http.sock");
}

TEST_CASE("the server's key is a path or a secret, and its certificate is read with it") {
  const std::string file = gatewatch::tests::test_data_path("config/good/complete.toml");
  const auto tls_with = [&file](const std::string& key) {
    return loaded("[daemon.tls]\ncertificate = \"" + file + "\"\nkey = " + key + "\n").daemon.tls;
  };
  const auto secret = tls_with("{ env = \"TOKEN\" }");
  REQUIRE(secret.has_value());
  CHECK(secret->certificate == file);
  CHECK(secret->chain.find("[daemon]") != std::string::npos);
  CHECK(secret->key.reveal() == "token-of-the-test");
  CHECK(secret->place.text == "test.toml:2:15");
}
