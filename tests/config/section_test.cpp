#include "config/section.h"

#include <string>

#include <doctest/doctest.h>

#include "config/environment.h"

using namespace gatewatch::config;
using namespace std::chrono_literals;

namespace {

// A text as a section named "top", and what was noted about it.
class Fixture {
 public:
  explicit Fixture(const std::string& text) {
    mistakes_.add_file("a.toml");
    auto table = parse_document(text, 0);
    REQUIRE(table.has_value());
    table_ = *std::move(table);
  }
  Section section() { return {table_, {0, 1, 1}, "top", mistakes_, secrets_}; }
  std::string noted() {
    std::string all;
    for (const auto& mistake : mistakes_.sorted()) all += mistake.text() + "\n";
    return all;
  }

 private:
  Table table_;
  Mistakes mistakes_;
  std::vector<SourceFile> files_ = {{"a.toml", "", false}};
  Environment environment_ = process_environment();
  SecretReader secrets_{files_, environment_};
};

}  // namespace

TEST_CASE("getters leave alone what is absent or wrong") {
  Fixture fixture("wrong = 5\n");
  auto section = fixture.section();
  std::string text = "before";
  Duration duration = 7s;
  CHECK_FALSE(section.text("absent", text));
  CHECK(fixture.noted().empty());
  CHECK_FALSE(section.duration("wrong", duration, 1s, 10s));
  CHECK(text == "before");
  CHECK(duration == 7s);
  CHECK(fixture.noted() ==
        "a.toml:1:9: top.wrong must be a duration in quotes, like \"30s\", not an integer\n");
}

TEST_CASE("the bounds of a range belong to it") {
  Fixture fixture("low = \"1s\"\nhigh = \"10s\"\nover = \"10001ms\"\n");
  auto section = fixture.section();
  Duration duration{};
  CHECK(section.duration("low", duration, 1s, 10s));
  CHECK(section.duration("high", duration, 1s, 10s));
  CHECK_FALSE(section.duration("over", duration, 1s, 10s));
  CHECK(fixture.noted() == "a.toml:3:8: top.over is 10s1ms: it must be from 1s to 10s\n");
}

TEST_CASE("keys that were asked for are known, the others are reported") {
  Fixture fixture("name = \"a\"\nnmae = \"b\"\n");
  auto section = fixture.section();
  std::string name;
  section.text("name", name);
  section.finish();
  CHECK(fixture.noted() == "a.toml:2:1: unknown key \"top.nmae\" (did you mean \"name\"?)\n");
}

TEST_CASE("a choice is one of its words") {
  Fixture fixture("good = \"b\"\nbad = \"c\"\n");
  auto section = fixture.section();
  int choice = 0;
  section.choice<int>("good", choice, {{"a", 1}, {"b", 2}});
  CHECK(choice == 2);
  section.choice<int>("bad", choice, {{"a", 1}, {"b", 2}});
  CHECK(choice == 2);
  CHECK(fixture.noted() == "a.toml:2:7: top.bad is \"c\": it must be one of \"a\", \"b\"\n");
}
