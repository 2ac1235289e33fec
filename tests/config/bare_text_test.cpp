#include "config/bare_text.h"

#include <doctest/doctest.h>

using namespace gatewatch::config;

TEST_CASE("strings and comments may hold any letter") {
  for (const auto* const text : {
           "",
           "a = 1\n",
           "# Änderung\na = 1 # é\n",
           "a = \"Ärger \\\" Ö\"\n",
           "a = 'Ärger \\'\n",
           "a = \"\"\"é\n\"é\" \\\"\"\" é\"\"\"\n",
           "a = \"\"\"é\"\"\"\"\"\nb = 1\n",
           "a = '''é\n'é'' é'''\n",
           "\"ключ\" = 1\n",
           "\xef\xbb\xbf"
           "\"é\" = 1\n",
           "a = \"",
           "a = \"\\",
           "a = \"\"\"",
           "a = \"\"\"\"",
           "a = '''é",
       }) {
    CAPTURE(text);
    CHECK_FALSE(first_bare_non_ascii(text, 0).has_value());
  }
}

TEST_CASE("a letter outside of them is found where an editor shows it") {
  CHECK(first_bare_non_ascii("ключ = 1", 2) == Place{2, 1, 1});
  CHECK(first_bare_non_ascii("a = 1\nb.\xd1\x85", 0) == Place{0, 2, 3});
  CHECK(first_bare_non_ascii("a = \"é\" é", 0) == Place{0, 1, 9});
  CHECK(first_bare_non_ascii("a = \"never closed\né = 1", 0) == Place{0, 2, 1});
  CHECK(first_bare_non_ascii("a = '''b'''é", 0) == Place{0, 1, 12});
  CHECK(first_bare_non_ascii("a = 1\xa0", 0) == Place{0, 1, 6});
  CHECK(first_bare_non_ascii("a = 1\"\"\"é\"\"\"", 0) == Place{0, 1, 9});
}
