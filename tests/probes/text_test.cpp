#include "probes/text.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace std::chrono_literals;

TEST_CASE("valid UTF-8 passes unchanged, line ends and tabs too") {
  for (const std::string text : {"", "plain", "gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC \xF0\x9F\x9A\xA8",
                                 "two\nlines\tand a tab", "\xEF\xBF\xBD"}) {
    CHECK(clean_utf8(text) == text);
  }
}

TEST_CASE("each byte that is not UTF-8 becomes one replacement character") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(clean_utf8("a\xFFz") == "a" + bad + "z");
  CHECK(clean_utf8("\xC0\xAF") == bad + bad);                      // overlong
  CHECK(clean_utf8("\xE0\x80\xAF") == bad + bad + bad);            // overlong
  CHECK(clean_utf8("\xED\xA0\x80") == bad + bad + bad);            // surrogate
  CHECK(clean_utf8("\xF4\x90\x80\x80") == bad + bad + bad + bad);  // beyond U+10FFFF
  CHECK(clean_utf8("\xE2\x82") == bad + bad);                      // cut
  CHECK(clean_utf8("\x80") == bad);
}

TEST_CASE("what a terminal would act on is replaced") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(clean_utf8("\x1B[2J") == bad + "[2J");
  CHECK(clean_utf8("a\rb") == "a" + bad + "b");
  CHECK(clean_utf8(std::string("a\0b", 3)) == "a" + bad + "b");
  CHECK(clean_utf8("\x7F") == bad);
  CHECK(clean_utf8("\xC2\x9B") == bad);         // CSI as one character
  CHECK(clean_utf8("\xC2\xA0") == "\xC2\xA0");  // the first that is no control
}

TEST_CASE("a quote is one line, cut between characters, and says that it was cut") {
  CHECK(quote("up\ndown") == "\"up down\"");
  CHECK(quote("") == "\"\"");
  const auto cut = quote(std::string(5000, 'x'));
  CHECK(cut.size() == quote_limit + 2);
  CHECK(cut.ends_with("x\xE2\x80\xA6\""));
  CHECK(quote("\xC3\xBC\xC3\xBC\xC3\xBC", 5) == "\"\xC3\xBC\xE2\x80\xA6\"");
  CHECK(quote(std::string(quote_limit, 'x')).find("\xE2\x80\xA6") == std::string::npos);
  CHECK(quote(std::string(quote_limit, '\xFF')).size() <= quote_limit + 2);
}

TEST_CASE("a detail never exceeds its limit") {
  CHECK(one_line(std::string(1000, '\xFF')).size() <= detail_limit);
  CHECK(one_line(std::string(detail_limit, 'x')) == std::string(detail_limit, 'x'));
  CHECK(one_line(std::string(detail_limit + 1, 'x')).size() == detail_limit);
}

TEST_CASE("durations for people") {
  CHECK(format_short(12us) == "12 µs");
  CHECK(format_short(350ms) == "350 ms");
  CHECK(format_short(1500us) == "1.5 ms");
  CHECK(format_short(2350ms) == "2.35 s");
  CHECK(format_short(60s) == "60 s");
}

TEST_CASE("lines that end as HTTP's do end as text's") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(clean_lines("a\r\nb\r\n\r\n") == "a\nb\n\n");
  CHECK(clean_lines("a\rb\r\r\n\x1b\r") == "a" + bad + "b" + bad + "\n" + bad + bad);
  CHECK(clean_lines("").empty());
}
