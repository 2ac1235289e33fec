#include "alerting/delivery/text.h"

#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;
using namespace std::chrono_literals;

namespace {

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto character = first_character(text);
    if (character.code == 0xfffd && character.bytes != 3) return false;
    text.remove_prefix(character.bytes);
  }
  return true;
}

}  // namespace

TEST_CASE("a text becomes one line: blanks run together, control bytes are marked") {
  CHECK(one_line("  two\r\n\tlines \n", 100) == "two lines");
  CHECK(one_line("esc\x1b[31m", 100) == "esc\xef\xbf\xbd[31m");
  CHECK(one_line(std::string("nul\0end", 7), 100) ==
        "nul\xef\xbf\xbd"
        "end");
  CHECK(one_line("a\xe2\x80\xa8z", 100) == "a z");           // line separator
  CHECK(one_line("\xe2\x80\xaez", 100) == "\xef\xbf\xbdz");  // right-to-left override
  CHECK(one_line("caf\xc3\xa9 \xf0\x9f\x94\xa5", 100) == "café 🔥");
}

TEST_CASE("what is not UTF-8 is marked byte by byte") {
  CHECK(one_line("\xff", 100) == "\xef\xbf\xbd");
  CHECK(one_line("\xc0\xaf", 100) == "\xef\xbf\xbd\xef\xbf\xbd");                  // overlong
  CHECK(one_line("\xed\xa0\x80", 100) == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // surrogate
  CHECK(one_line("\xe2\x82", 100) == "\xef\xbf\xbd\xef\xbf\xbd");                  // cut
  CHECK(one_line("\xf4\x90\x80\x80", 100).size() == 12);  // beyond U+10FFFF
}

TEST_CASE("a cut shows, falls between characters and stays within the limit") {
  CHECK(one_line("12345", 5) == "12345");
  CHECK(one_line("123456", 5) == "1234…");
  CHECK(one_line("äöüßé!", 5) == "äöüß…");
  CHECK(one_line("🔥🔥🔥", 5) == "🔥🔥…");  // two UTF-16 units each
  CHECK(one_line("🔥🔥🔥", 4) == "🔥…");
  CHECK(one_line("ab cd", 3) == "ab…");
  CHECK(one_line("ab", 1) == "…");
}

TEST_CASE("every hostile text becomes valid UTF-8 of one line within its limit") {
  for (const auto& text : tests::hostile_texts()) {
    const auto line = one_line(text, 200);
    CAPTURE(line);
    CHECK(is_valid_utf8(line));
    std::size_t units = 0;
    for (std::string_view rest = line; !rest.empty();) {
      const auto character = first_character(rest);
      units += character.units();
      CHECK(character.code >= ' ');
      rest.remove_prefix(character.bytes);
    }
    CHECK(units <= 200);
  }
}

TEST_CASE("characters survive reading and writing") {
  for (const char32_t code : {0x24U, 0x7fU, 0x80U, 0x7ffU, 0x800U, 0xffffU, 0x10000U, 0x10ffffU}) {
    std::string text;
    append_utf8(text, code);
    CHECK(first_character(text).code == code);
    CHECK(first_character(text).bytes == text.size());
  }
}

TEST_CASE("times and durations read well") {
  CHECK(readable_time(tests::at_second(0)) == "2026-11-20 10:00:06 UTC");
  CHECK(rfc3339_time(tests::at_second(0)) == "2026-11-20T10:00:06Z");
  CHECK(rfc3339_time(Timestamp{-1us}) == "1969-12-31T23:59:59Z");
  CHECK(readable_duration(0s) == "0 s");
  CHECK(readable_duration(-5s) == "0 s");
  CHECK(readable_duration(59'999ms) == "59 s");
  CHECK(readable_duration(60s) == "1 min");
  CHECK(readable_duration(754s) == "12 min 34 s");
  CHECK(readable_duration(3h + 4min + 59s) == "3 h 4 min");
  CHECK(readable_duration(51h) == "2 d 3 h");
}

TEST_CASE("only harmless http(s) URLs become links") {
  CHECK(is_web_link("https://wiki.example.com/a?b=c&d#e"));
  CHECK(is_web_link("http://127.0.0.1:9502/incidents/12"));
  for (const auto* const url :
       {"", "javascript:alert(1)", "ftp://x/", "//evil.example", "https://x/ y", "https://x/\"",
        "https://x/<b>", "https://x/|y", "https://x/\n", "https://x/\xc3\xa9", "HTTPS://x/"}) {
    CAPTURE(url);
    CHECK_FALSE(is_web_link(url));
  }
  CHECK_FALSE(is_web_link("https://x/" + std::string(2000, 'a')));
}

TEST_CASE("what stands for a character is never cut") {
  const auto escape = [](char32_t code) { return code == '<' ? std::string("&lt;") : ""; };
  CHECK(escaped_within("a<b", 6, escape) == "a&lt;b");
  CHECK(escaped_within("a<b", 5, escape) == "a…");
  CHECK(escaped_within("🔥🔥", 3, escape) == "🔥…");
}

TEST_CASE("a text is cut to bytes between two characters") {
  CHECK(within_bytes("abc", 3) == "abc");
  CHECK(within_bytes("abcdefgh", 5) == "ab…");
  CHECK(within_bytes("äöü", 5) == "ä…");
  CHECK(within_bytes("aöü", 4) == "a…");
  CHECK(within_bytes("🔥🔥", 6) == "…");
}
