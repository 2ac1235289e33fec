#include "config/file.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>
#include <unistd.h>

#include <doctest/doctest.h>

using namespace gatewatch::config;

namespace fs = std::filesystem;

TEST_CASE("a file is read whole, with who may read it, up to the limit") {
  std::string path = (fs::temp_directory_path() / "gatewatch-XXXXXX").string();
  const int descriptor = ::mkstemp(path.data());
  REQUIRE(descriptor >= 0);
  ::close(descriptor);
  const std::string text(200'000, 'x');
  std::ofstream(path) << text;
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  const auto own = read_file(path, text.size());
  REQUIRE(own.has_value());
  CHECK(own->text == text);
  CHECK_FALSE(own->readable_by_group);
  CHECK_FALSE(own->readable_by_others);
  CHECK_FALSE(read_file(path, text.size() - 1).has_value());
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
  const auto shared = read_file(path, text.size());
  REQUIRE(shared.has_value());
  CHECK(shared->readable_by_group);
  CHECK(shared->readable_by_others);
  fs::remove(path);
}

TEST_CASE("what cannot be read says which file and why") {
  const auto missing = read_file("/nonexistent/file", 10);
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().message == "cannot read /nonexistent/file: No such file or directory");
  const auto folder = read_file("/", 10);
  REQUIRE_FALSE(folder.has_value());
  CHECK(folder.error().message == "/ is a directory, not a file");
  const auto endless = read_file("/dev/zero", 100'000);
  REQUIRE_FALSE(endless.has_value());
  CHECK(endless.error().message.find("is larger than") != std::string::npos);
}
