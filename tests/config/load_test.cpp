#include "config/load.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>

#include <doctest/doctest.h>

#include "tests/config/good_files.h"

using namespace gatewatch::config;

namespace {

namespace fs = std::filesystem;

constexpr auto home = "[[route]]\nname = \"home\"\nurl = \"https://example.com/\"\n";
constexpr auto only_owner = fs::perms::owner_read | fs::perms::owner_write;

// A folder with a configuration, gone at the end of the test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "gatewatch-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
    fs::create_directory(path_ / "conf.d");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }

  fs::path write(const std::string& name, const std::string& text,
                 fs::perms permissions = only_owner) const {
    std::ofstream(path_ / name) << text;
    fs::permissions(path_ / name, permissions);
    return path_ / name;
  }
  [[nodiscard]] fs::path main() const { return path_ / "gatewatch.toml"; }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<Mistake> mistakes_of(const fs::path& file) {
  auto config = load(file, test_environment);
  REQUIRE_FALSE(config.has_value());
  return config.error();
}

}  // namespace

TEST_CASE("the example of the specification and the smallest configuration are good") {
  CHECK(good("specification").rules.size() == 1);
  CHECK(good("smallest").routes[0].id() == "home");
}

TEST_CASE("files of conf.d add routes, rules and channels, in name order") {
  const Folder folder;
  folder.write("gatewatch.toml", std::string("[defaults]\ninterval = \"7s\"\n") + home);
  folder.write("conf.d/20.toml", "[[channel]]\nname = \"b\"\ntype = \"log\"\n");
  folder.write("conf.d/10.toml",
               "[[channel]]\nname = \"a\"\ntype = \"log\"\n"
               "[[route]]\nname = \"shop\"\nurl = \"https://shop.example.com/\"\n");
  folder.write("conf.d/.hidden.toml", "broken");
  folder.write("conf.d/10.toml.bak", "broken");
  const auto config = load(folder.main(), test_environment);
  REQUIRE(config.has_value());
  REQUIRE(config->routes.size() == 2);
  CHECK(config->routes[1].interval == 7s);
  REQUIRE(config->channels.size() == 2);
  CHECK(config->channels[0].name == "a");
}

TEST_CASE("a name given in two files is a mistake that names both places") {
  const Folder folder;
  folder.write("gatewatch.toml", home);
  const auto other = folder.write("conf.d/home.toml", std::string("\n") + home);
  const auto mistakes = mistakes_of(folder.main());
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].text() == other.string() +
                                  ":3:8: the route \"home\" is given twice: first at " +
                                  folder.main().string() + ":2:8");
}

TEST_CASE("a syntax error of one file hides no mistake of another and invents none") {
  const Folder folder;
  folder.write("gatewatch.toml", "[defaults\n");
  folder.write("conf.d/10.toml",
               "[[route]]\nname = \"home\"\ninterval = \"1d\"\n"
               "[[rule]]\nname = \"r\"\nroutes = [\"elsewhere\"]\nmatch = [\"cert_expiring\"]\n"
               "notify = [\"elsewhere\"]\nseverty = \"info\"\n");
  const auto mistakes = mistakes_of(folder.main());
  REQUIRE(mistakes.size() == 2);
  CHECK(mistakes[0].file == folder.main().string());
  CHECK(mistakes[0].line == 1);
  CHECK(mistakes[1].message == "unknown key \"severty\" (did you mean \"severity\"?)");
}

TEST_CASE("settings of the whole daemon belong into the main file") {
  const Folder folder;
  folder.write("gatewatch.toml", home);
  folder.write("conf.d/10.toml", "[daemon]\nregion = \"eu\"\n[defaults]\ninterval = \"1s\"\n");
  const auto mistakes = mistakes_of(folder.main());
  REQUIRE(mistakes.size() == 2);
  CHECK(mistakes[0].message.find("daemon belongs into the main file") == 0);
  CHECK(mistakes[1].message.find("defaults belongs into the main file") == 0);
}

TEST_CASE("a file that cannot be used is one mistake that says why") {
  const Folder folder;
  const auto why = [](const fs::path& file) {
    const auto mistakes = mistakes_of(file);
    REQUIRE(mistakes.size() == 1);
    CHECK(mistakes[0].line == 0);
    return mistakes[0].text();
  };
  CHECK(why(folder.main()).find("No such file or directory") != std::string::npos);
  CHECK(why(folder.path()).find("is a directory, not a file") != std::string::npos);
  folder.write("gatewatch.toml", std::string((16 << 20) + 1, '\n'));
  CHECK(why(folder.main()).find("is larger than 16MiB") != std::string::npos);
}

TEST_CASE("a secret in a file that everyone can read is a mistake; other values are not") {
  const Folder folder;
  const auto everyone = only_owner | fs::perms::group_read | fs::perms::others_read;
  const std::string text = std::string(home) +
                           "headers = { Accept = \"a\", Authorization = \"Bearer hunter2\" }\n"
                           "proxy = \"http://me:hunter2@proxy.example.com:3128\"\n"
                           "[daemon]\ntoken = \"hunter2\"\n"
                           "[[channel]]\nname = \"s\"\ntype = \"slack\"\n"
                           "url = \"https://hooks.example.com/hunter2\"\n";
  folder.write("gatewatch.toml", text, everyone);
  const auto mistakes = mistakes_of(folder.main());
  REQUIRE(mistakes.size() == 4);
  for (const auto& mistake : mistakes) {
    CAPTURE(mistake.text());
    CHECK(mistake.message.find("chmod 600 " + folder.main().string()) != std::string::npos);
    CHECK(mistake.message.find("hunter2") == std::string::npos);
  }
  CHECK(mistakes[0].message.find("headers.Authorization is a secret") == 0);
  fs::permissions(folder.main(), only_owner | fs::perms::group_read);
  CHECK(load(folder.main(), test_environment).has_value());
}

TEST_CASE("paths count from the folder of the file that names them") {
  const Folder folder;
  folder.write("ca.pem", "certificate");
  folder.write("token", "from-the-file\n");
  folder.write("gatewatch.toml", std::string(home) +
                                     "tls = { ca = \"ca.pem\", crl = \"ca.pem\" }\n"
                                     "[daemon]\ntoken = { file = \"token\" }\n");
  const auto config = load(folder.main(), test_environment);
  REQUIRE(config.has_value());
  CHECK(config->routes[0].tls.ca == (folder.path() / "ca.pem").string());
  CHECK(config->routes[0].tls.crl == (folder.path() / "ca.pem").string());
  CHECK(config->daemon.token.reveal() == "from-the-file");
}

TEST_CASE("the daemon's private key may be shared with a group, not with everyone") {
  const Folder folder;
  folder.write("cert.pem", "certificate");
  folder.write("key.pem", "key", only_owner | fs::perms::group_read);
  folder.write("gatewatch.toml",
               "[daemon]\ntls = { certificate = \"cert.pem\", key = \"key.pem\" }\n");
  CHECK(load(folder.main(), test_environment).has_value());
  fs::permissions(folder.path() / "key.pem", only_owner | fs::perms::others_read);
  const auto mistakes = mistakes_of(folder.main());
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].message.find("chmod 600") != std::string::npos);
}

TEST_CASE("the data directory alone, whatever else is wrong and whatever secret is missing") {
  const Folder folder;
  folder.write("gatewatch.toml",
               "[daemon]\ndata = \"/srv/gw\"\nnonsense = 1\n[[channel]]\n"
               "url = { credential = \"nowhere\" }\n");
  CHECK(load_data_directory(folder.main()) == "/srv/gw");
  folder.write("gatewatch.toml", home);
  CHECK(load_data_directory(folder.main()) == Daemon().data);
  folder.write("gatewatch.toml", "[daemon");
  const auto broken = load_data_directory(folder.main());
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().front().line == 1);
  fs::remove(folder.main());
  CHECK_FALSE(load_data_directory(folder.main()).has_value());
}

TEST_CASE("how to reach the daemon, whatever else is wrong and whatever secret is missing") {
  const Folder folder;
  folder.write("server.pem", "PEM");
  folder.write("gatewatch.toml",
               "[daemon]\nlisten = \"[::1]:9\"\ntoken = \"t0ken\"\nnonsense = 1\n"
               "tls = { certificate = \"server.pem\", key = \"nowhere.key\" }\n[[channel]]\n");
  const auto access = load_daemon_access(folder.main(), test_environment);
  REQUIRE(access.has_value());
  CHECK(access->listen.endpoint.text() == "[::1]:9");
  CHECK(access->token.reveal() == "t0ken");
  CHECK(access->certificate.ends_with("/server.pem"));
  CHECK(access->chain == "PEM");
  folder.write("gatewatch.toml", "[daemon]\ntoken = { credential = \"nowhere\" }\n");
  const auto without = load_daemon_access(folder.main(), test_environment);
  REQUIRE(without.has_value());
  CHECK(without->token.empty());
  CHECK_FALSE(without->no_token.empty());
  folder.write("gatewatch.toml", home);
  CHECK(load_daemon_access(folder.main(), test_environment)->listen == Daemon().listen);
  for (const auto* const text : {"[daemon", "[daemon]\nlisten = \"nonsense\"\n",
                                 "[daemon]\ntls = { certificate = \"none.pem\" }\n"}) {
    folder.write("gatewatch.toml", text);
    CHECK_FALSE(load_daemon_access(folder.main(), test_environment).has_value());
  }
}
