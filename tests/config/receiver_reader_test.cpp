#include "config/receiver_reader.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <vector>

#include "tests/config/good_files.h"

using namespace gatewatch::config;

namespace {

std::vector<Mistake> mistakes_in_readable_file(const std::string& keys) {
  const auto folder = std::filesystem::temp_directory_path() / "gatewatch-receiver-XXXXXX";
  auto name = folder.string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  const auto file = std::filesystem::path(name) / "gatewatch.toml";
  std::ofstream(file) << "[[channel]]\nname = \"c\"\n" << keys;
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  const auto config = load(file, test_environment);
  std::filesystem::remove_all(name);
  return config ? std::vector<Mistake>() : config.error();
}

}  // namespace

TEST_CASE("a URL that is a secret may not stand in a file that everyone reads; a service's may") {
  const auto mistakes = mistakes_in_readable_file(
      "type = \"discord\"\nurl = \"https://discord.com/api/webhooks/1/hunter2\"\n");
  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].message.find("chmod 600") != std::string::npos);
  CHECK(mistakes[0].message.find("hunter2") == std::string::npos);
  CHECK(mistakes_in_readable_file("type = \"ntfy\"\nurl = \"https://ntfy.example.com\"\n"
                                  "topic = { env = \"TOKEN\" }\n")
            .empty());
}
