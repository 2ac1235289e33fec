#include "alerting/delivery/mail_text.h"

#include <string>

#include <doctest/doctest.h>

#include "alerting/delivery/text.h"
#include "tests/alerting/delivery/example_notification.h"

using namespace gatewatch;
using namespace gatewatch::alerting;

TEST_CASE("addresses are read with and without a name") {
  const auto plain = MailAddress::parse("ops+alerts@mail.example.com");
  REQUIRE(plain.has_value());
  CHECK(plain->header_text() == "ops+alerts@mail.example.com");
  CHECK(plain->domain() == "mail.example.com");
  const auto named = MailAddress::parse("\"On Call\" <oncall@example.com>");
  REQUIRE(named.has_value());
  CHECK(named->header_text() == "On Call\r\n <oncall@example.com>");
  const auto foreign = MailAddress::parse("Bereitschaft Köln <oncall@example.com>");
  REQUIRE(foreign.has_value());
  CHECK(foreign->header_text() == "=?UTF-8?B?QmVyZWl0c2NoYWZ0IEvDtmxu?=\r\n <oncall@example.com>");
}

TEST_CASE("what could mean anything else is no address") {
  for (const auto* const text : {"",
                                 "nobody",
                                 "@example.com",
                                 "a@",
                                 "a b@example.com",
                                 "a@b@example.com",
                                 "a@exa mple.com",
                                 "a@example.com\r\nBcc: b@example.com",
                                 "a@example.com>",
                                 "<a@example.com",
                                 "a,b@example.com",
                                 "\"a\"@example.com",
                                 "a@[127.0.0.1]",
                                 "jörg@example.com",
                                 "a@-example.com",
                                 ".a@example.com",
                                 "a..b@example.com",
                                 "a@example..com",
                                 "a@example.com.",
                                 "a(c)@example.com"}) {
    CAPTURE(text);
    CHECK_FALSE(MailAddress::parse(text).has_value());
  }
  CHECK_FALSE(MailAddress::parse(std::string(65, 'a') + "@example.com").has_value());
}

TEST_CASE("headers are folded or encoded, and never longer than 76 bytes a line") {
  CHECK(text_header("Subject", "[critical] 502 Bad Gateway") ==
        "Subject: [critical] 502 Bad Gateway\r\n");
  CHECK(text_header("Subject", "Köln") == "Subject: =?UTF-8?B?S8O2bG4=?=\r\n");
  // Text that looks like an encoded word is encoded, so that it is shown as it is.
  CHECK(text_header("Subject", "=?UTF-8?B?QmNj?=") ==
        "Subject: =?UTF-8?B?PT9VVEYtOD9CP1FtTmo/PQ==?=\r\n");
  for (const auto& text : tests::hostile_texts()) {
    const auto header = text_header("Subject", one_line(text, 300));
    CAPTURE(header);
    std::size_t begin = 0;
    while (begin < header.size()) {
      const auto end = header.find("\r\n", begin);
      REQUIRE(end != std::string::npos);
      CHECK(end - begin <= 76);
      if (begin > 0) CHECK(header[begin] == ' ');
      CHECK(header.substr(begin, end - begin).find_first_of("\r\n") == std::string::npos);
      begin = end + 2;
    }
  }
}

TEST_CASE("quoted-printable as RFC 2045 says") {
  CHECK(quoted_printable("plain\n") == "plain\r\n");
  CHECK(quoted_printable("a=b\n\nc") == "a=3Db\r\n\r\nc\r\n");
  CHECK(quoted_printable("-- \n") == "--=20\r\n");
  CHECK(quoted_printable("é\r\n") == "=C3=A9=0D\r\n");
  CHECK(quoted_printable(".\n..\n") == "=2E\r\n=2E.\r\n");
  const auto longer = quoted_printable(std::string(100, 'x'));
  CHECK(longer == std::string(75, 'x') + "=\r\n" + std::string(25, 'x') + "\r\n");
  const auto encoded = quoted_printable(std::string(75, '='));
  CHECK(encoded.find("\r\n") <= 76);
  CHECK(encoded.find("=_") == std::string::npos);
}

TEST_CASE("dates and HTML") {
  CHECK(mail_date(tests::at_second(0)) == "Fri, 20 Nov 2026 10:00:06 +0000");
  CHECK(mail_date(Timestamp{}) == "Thu, 01 Jan 1970 00:00:00 +0000");
  CHECK(html_escaped("<a href=\"x\">'&</a>") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&lt;/a&gt;");
}
