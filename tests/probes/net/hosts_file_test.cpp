#include "probes/net/hosts_file.h"

#include <chrono>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "tests/fakes/temporary_directory.h"

namespace gatewatch::net {
namespace {

using namespace std::chrono_literals;

TEST_CASE("names and aliases are read in any case, comments and nonsense are skipped") {
  const auto table = parse_hosts(
      "127.0.0.1 localhost\n"
      "::1\tLocalhost ip6-loopback # comment other\n"
      "# 192.0.2.9 commented\n"
      "not-an-address host\n"
      "192.0.2.1\n"
      "192.0.2.2 web  www\r\n"
      "127.0.0.1 localhost");
  CHECK(table.size() == 4);
  CHECK(table.at("localhost").size() == 2);
  CHECK(table.at("www") == std::vector{IpAddress::parse("192.0.2.2").value()});
  CHECK_FALSE(table.contains("host"));
}

TEST_CASE("the file is read again when it changed, and may be missing") {
  const tests::TemporaryDirectory directory;
  const std::string path = directory.path() + "/hosts";
  HostsFile hosts(path);
  Instant now{1h};
  CHECK(hosts.find("web", now).empty());
  std::ofstream(path) << "192.0.2.1 web\n";
  CHECK(hosts.find("web", now + 999ms).empty());
  CHECK(hosts.find("web", now + 1s).size() == 1);
  std::ofstream(path) << "192.0.2.1 other-web\n";
  CHECK(hosts.find("web", now + 2s).empty());
  std::filesystem::remove(path);
  CHECK(hosts.find("other-web", now + 3s).empty());
}

}  // namespace
}  // namespace gatewatch::net
