#include "config/secret_reader.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::config;

namespace {

namespace fs = std::filesystem;

constexpr auto only_owner = fs::perms::owner_read | fs::perms::owner_write;

struct Outcome {
  std::string text;     // of the secret
  std::string message;  // of the mistake
};

// Reads `token = SOURCE` from a file in a folder of its own, in which `secret` may stand.
class Reading {
 public:
  Reading() {
    std::string name = (fs::temp_directory_path() / "gatewatch-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() { fs::remove_all(folder_); }

  void write(const std::string& text, fs::perms permissions) const {
    std::ofstream(folder_ / "secret") << text;
    fs::permissions(folder_ / "secret", permissions);
  }

  [[nodiscard]] Outcome read(const std::string& source) const {
    Mistakes mistakes;
    mistakes.add_file("a.toml");
    const std::vector<SourceFile> files = {{"a.toml", folder_.string(), false}};
    const Environment environment = [this](const std::string& name) -> std::optional<std::string> {
      if (name == "CREDENTIALS_DIRECTORY") return folder_.string();
      return std::nullopt;
    };
    const auto table = parse_document("token = " + source, 0);
    REQUIRE(table.has_value());
    const auto secret = SecretReader(files, environment)
                            .read(table->front().value, "token", Sensitivity::Secret, mistakes);
    REQUIRE(secret.has_value() == mistakes.empty());
    return secret ? Outcome{secret->reveal(), ""} : Outcome{"", mistakes.sorted().front().message};
  }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("a secret file loses its last line break and nothing else") {
  const Reading reading;
  reading.write(" a b \n\n", only_owner);
  CHECK(reading.read("{ file = \"secret\" }").text == " a b \n");
  reading.write("a\r\n", only_owner);
  CHECK(reading.read("{ file = \"secret\" }").text == "a");
}

TEST_CASE("a secret file that others can read is refused, with the remedy") {
  const Reading reading;
  for (const auto others : {fs::perms::group_read, fs::perms::others_read}) {
    reading.write("hunter2", only_owner | others);
    const auto outcome = reading.read("{ file = \"secret\" }");
    CHECK(outcome.message.find("chmod 600 ") != std::string::npos);
    CHECK(outcome.message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a credential comes from the folder that systemd names, whatever its permissions") {
  const Reading reading;
  reading.write("hunter2\n", only_owner | fs::perms::group_read);
  CHECK(reading.read("{ credential = \"secret\" }").text == "hunter2");
  CHECK(reading.read("{ credential = \"other\" }").message.find("No such file") !=
        std::string::npos);
  for (const auto* const name : {"../secret", "..", "/etc/passwd"}) {
    const auto outcome = reading.read(std::string("{ credential = \"") + name + "\" }");
    CHECK(outcome.message == "token: credential is not the name of a credential");
  }
}

TEST_CASE("an empty or endless secret is a mistake") {
  const Reading reading;
  reading.write("\n", only_owner);
  CHECK(reading.read("{ file = \"secret\" }").message == "token: the file is empty");
  reading.write(std::string(70'000, 'x'), only_owner);
  CHECK(reading.read("{ file = \"secret\" }").message.find("larger than 64KiB") !=
        std::string::npos);
}
