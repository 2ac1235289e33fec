#include "config/syntax.h"

#include <string>

#include <doctest/doctest.h>

using namespace gatewatch::config;

TEST_CASE("tokens and header values hold nothing that could begin a new line") {
  CHECK(is_token("X-Api-Key"));
  for (const auto* const text : {"", "a b", "a:", "a\r", "\xc3\xa4"}) CHECK_FALSE(is_token(text));
  CHECK(is_field_value(""));
  CHECK(is_field_value("a\tb \xc3\xa4"));
  for (const auto* const text : {"a\r", "a\n", "\x7f", "\x1b"}) CHECK_FALSE(is_field_value(text));
  CHECK_FALSE(is_field_value(std::string_view("a\0b", 3)));
}

TEST_CASE("headers that carry credentials are known, whatever their case") {
  CHECK(is_credential_header("AUTHORIZATION"));
  CHECK(is_credential_header("Cookie"));
  CHECK_FALSE(is_credential_header("Content-Type"));
}

TEST_CASE("names are one label of an identity") {
  // The last three stand beside the controls of text direction: U+2029, U+202F and U+2065.
  for (const auto* const name :
       {"home", "a b", "Ünï", "a.b", "x_1-2", "a\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\xa5"}) {
    CHECK_FALSE(check_name(name).has_value());
  }
  for (const auto* const name :
       {"", "a/b", "a*", "a?", " a", "a ", ".", "..", "a\nb", "a\xe2\x80\xaa",
        "\xe2\x80\xae"
        "b",
        "\xe2\x81\xa6", "\xe2\x81\xa9"}) {
    CAPTURE(name);
    CHECK(check_name(name).has_value());
  }
  CHECK_FALSE(check_name(std::string(128, 'a')).has_value());
  CHECK(check_name(std::string(129, 'a')).has_value());
}

TEST_CASE("hosts stand alone") {
  for (const auto* const host : {"example.com", "localhost", "192.0.2.1"}) {
    CHECK(parse_host(host) == host);
  }
  for (const auto* const host : {"", "a/b", "a:80", "u@a", "a?b", "a#b", "[::1]", "a b", "127.1"}) {
    CAPTURE(host);
    CHECK_FALSE(parse_host(host).has_value());
  }
}

TEST_CASE("hosts and domains of mail are stored in ASCII, however they were written") {
  CHECK(parse_host("bücher.example") == "xn--bcher-kva.example");
  CHECK(parse_mail_address("a@bücher.example") == "a@xn--bcher-kva.example");
  CHECK(parse_mail_address("a@example.com") == "a@example.com");
  CHECK_FALSE(parse_host("a／b").has_value());  // its ASCII form is no host
  CHECK_FALSE(parse_mail_address("jörg@example.com").has_value());
  CHECK_FALSE(parse_mail_address("a").has_value());
  CHECK_FALSE(is_mail_address("a@bücher.example"));
}

TEST_CASE("mail addresses are a local part and a host, nothing else") {
  for (const auto* const good : {"a@example.com", "root@localhost", "a.b+c@x.example"}) {
    CHECK(is_mail_address(good));
  }
  for (const auto* const bad :
       {"", "a", "@example.com", "a@", "a b@example.com", "A <a@example.com>", "a@example.com\r\n",
        "a\n@example.com", "a@exa mple.com", "\"a\"@example.com", "a@b@example.com",
        "a,b@x.example", ".a@x.example", "a..b@x.example", "a@x.example.", "a@-x.example",
        "a@x_y.example"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_mail_address(bad));
  }
  CHECK_FALSE(is_mail_address(std::string(65, 'a') + "@example.com"));
}

TEST_CASE("JSON pointers follow RFC 6901") {
  for (const auto* const good : {"", "/", "/a", "/a/0/b", "/a~0b~1c", "/a b"}) {
    CHECK(is_json_pointer(good));
  }
  for (const auto* const bad : {"a", "a/b", "/~", "/~2", "/a~"}) CHECK_FALSE(is_json_pointer(bad));
}

TEST_CASE("a proxy names its scheme, host and port") {
  for (const auto* const good : {"http://proxy.example.com:3128", "socks5://192.0.2.1:1080",
                                 "http://u:p@host:80", "http://u:p@w@[::1]:3128/"}) {
    CAPTURE(good);
    CHECK(is_proxy(good));
  }
  for (const auto* const bad :
       {"", "proxy:3128", "https://proxy:3128", "http://proxy", "http://proxy:3128/path",
        "socks4://proxy:1", "http://u\n:p@proxy:3128", "http://proxy:0"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_proxy(bad));
  }
}

TEST_CASE("patterns are RE2's") {
  CHECK_FALSE(check_pattern("^ok|fine$").has_value());
  CHECK(check_pattern("(a").has_value());
  CHECK(check_pattern("(a)\\1").has_value());
}
