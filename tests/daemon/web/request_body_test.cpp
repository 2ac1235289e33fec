#include "daemon/web/request_body.h"

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace gatewatch::daemon::web;

namespace {

// What is wrong with the body; empty: nothing.
std::string mistake(const std::string& text) {
  RequestBody body(text);
  std::string name;
  std::string said;
  std::string page;
  std::vector<std::string> list;
  std::optional<Timestamp> at;
  body.required_text("name", name, 10);
  body.text("said", said);
  body.texts("list", list);
  body.link("page", page);
  body.time("at", at);
  const auto read = body.finish();
  return read ? std::string() : read.error().message;
}

}  // namespace

TEST_CASE("a body that is right is taken, member by member") {
  RequestBody body(R"({"name": "Ärger", "list": ["a", "b"], "at": "2026-11-20T10:05:06Z"})");
  std::string name;
  std::string said = "nothing";
  std::vector<std::string> list;
  std::optional<Timestamp> at;
  body.required_text("name", name);
  body.text("said", said);
  body.texts("list", list);
  body.time("at", at);
  CHECK(body.finish());
  CHECK(name == "Ärger");
  CHECK(said == "nothing");
  CHECK(list == std::vector<std::string>{"a", "b"});
  CHECK(at == Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 20)) +
                  std::chrono::seconds(10 * 3600 + 5 * 60 + 6));
}

TEST_CASE("every mistake of a body says what would be right") {
  CHECK(mistake(R"({"name": "x"})").empty());
  CHECK(mistake("").starts_with("The body is no JSON object"));
  CHECK(mistake("[]").starts_with("The body is no JSON object"));
  CHECK(mistake("{\"name\": \"\xff\"}").starts_with("The body is no JSON object"));
  CHECK(mistake("{}") == "\"name\" must be there, and not empty.");
  CHECK(mistake(R"({"name": ""})") == "\"name\" must be there, and not empty.");
  CHECK(mistake(R"({"name": 1})") == "\"name\" must be a text of one line, of at most 10 bytes.");
  CHECK(mistake(R"({"name": "x\ny"})").starts_with("\"name\" must be a text of one line"));
  CHECK(mistake(R"({"name": "12345678901"})").starts_with("\"name\" must be a text of one line"));
  CHECK(mistake(R"({"name": "x", "list": "a"})").starts_with("\"list\" must be a list"));
  CHECK(mistake(R"({"name": "x", "list": ["a", 1]})").starts_with("\"list\" must be a list"));
  CHECK(mistake(R"({"name": "x", "list": [""]})").starts_with("\"list\" must be a list"));
  CHECK(mistake(R"({"name": "x", "at": "today"})").starts_with("\"at\" must be a time like"));
  CHECK(mistake(R"({"name": "x", "page": "javascript:x"})").starts_with("\"page\" must be"));
  CHECK(mistake(R"({"name": "x", "sayd": "y"})") ==
        "\"sayd\" is unknown (did you mean \"said\"?); known are: name, said, list, page, at.");
}

TEST_CASE("nesting without end is no object of ours") {
  CHECK_FALSE(mistake(std::string(60'000, '[')).empty());
  CHECK_FALSE(
      mistake("{\"name\": " + std::string(30'000, '[') + std::string(30'000, ']') + "}").empty());
}
