#include "config/url.h"

#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

using gatewatch::Url;

namespace {

Url parsed(std::string_view text) {
  auto url = Url::parse(text);
  REQUIRE_MESSAGE(url.has_value(), std::string(text), ": ",
                  url ? std::string() : url.error().message);
  return *std::move(url);
}

std::string resolved(std::string_view base, std::string_view reference) {
  const auto url = parsed(base).resolve(reference);
  return url ? url->text() : "refused: " + url.error().message;
}

}  // namespace

TEST_CASE("a URL is taken apart, with the default port of its scheme") {
  const auto url = parsed("HTTPS://Shop.Example.COM/api/Checkout?Dry=1#top");
  CHECK(url.scheme == "https");
  CHECK(url.host == "shop.example.com");
  CHECK(url.port == 443);
  CHECK(url.path == "/api/Checkout");
  CHECK(url.query == "Dry=1");
  CHECK(url.has_query);
  CHECK(url.is_https());
  CHECK(url.text() == "https://shop.example.com/api/Checkout?Dry=1");
  CHECK(url.text_without_query() == "https://shop.example.com/api/Checkout");
  CHECK(url.request_target() == "/api/Checkout?Dry=1");
  CHECK(url.origin() == "https://shop.example.com");
  CHECK(parsed("http://example.com").port == 80);
  CHECK(parsed("http://example.com:/").port == 80);
}

TEST_CASE("a port other than the default belongs to the authority") {
  CHECK(parsed("http://example.com:8080/").authority() == "example.com:8080");
  CHECK(parsed("http://example.com:443/").authority() == "example.com:443");
  CHECK(parsed("https://example.com:443/").authority() == "example.com");
  CHECK(parsed("http://[2001:DB8::1]:81/").authority() == "[2001:db8::1]:81");
  CHECK(parsed("http://[2001:db8:0:0::1]/").host == "2001:db8::1");
}

TEST_CASE("path, query and host come out in one normal form") {
  CHECK(parsed("http://example.com").text() == "http://example.com/");
  CHECK(parsed("http://example.com?").text() == "http://example.com/?");
  CHECK_FALSE(parsed("http://example.com/").has_query);
  CHECK(parsed("http://example.com./").host == "example.com");
  CHECK(parsed("http://example.com/a/../b/./c").path == "/b/c");
  CHECK(parsed("http://example.com/../..").path == "/");
  CHECK(parsed("http://example.com/a/b/..").path == "/a/");
  CHECK(parsed("http://example.com/a//b").path == "/a//b");
  CHECK(parsed("http://example.com/stra\xc3\x9f"
               "e?q=\"<")
            .text() == "http://example.com/stra%C3%9Fe?q=%22%3C");
  CHECK(parsed("http://my_host-1/").host == "my_host-1");
}

TEST_CASE("an international host is asked for in ASCII and shown as it was written") {
  const auto url = parsed(
      "https://B\xc3\xbc"
      "cher.Example:8443/x?token=1");
  CHECK(url.host == "xn--bcher-kva.example");
  CHECK(url.text() == "https://xn--bcher-kva.example:8443/x?token=1");
  CHECK(url.authority() == "xn--bcher-kva.example:8443");
  CHECK(url.text_without_query() ==
        "https://B\xc3\xbc"
        "cher.Example:8443/x");
  CHECK(url == parsed("https://xn--bcher-kva.example:8443/x?token=1"));
  // Not transitional: a German sharp s is itself. Fullwidth dots and digits come to ASCII.
  CHECK(parsed("http://stra\xc3\x9f"
               "e.example/")
            .host == "xn--strae-oqa.example");
  CHECK(parsed("http://example\xe3\x80\x82"
               "com/")
            .host == "example.com");
  CHECK(parsed("http://127.0.0.\xef\xbc\x91/").host == "127.0.0.1");
}

TEST_CASE("a server's international host is followed in ASCII, and shown in it") {
  const auto url = parsed(
      "http://b\xc3\xbc"
      "cher.example/a");
  const auto elsewhere = url.resolve("//b\xc3\xbc.example/b");
  REQUIRE(elsewhere.has_value());
  CHECK(elsewhere->text_without_query() == "http://xn--b-eha.example/b");
  const auto here = url.resolve("/b");
  REQUIRE(here.has_value());
  CHECK(here->text_without_query() ==
        "http://b\xc3\xbc"
        "cher.example/b");
}

TEST_CASE("a final dot makes a host absolute, and is part of its origin") {
  const auto url = parsed("http://example.com.:8080/");
  CHECK(url.host == "example.com");
  CHECK(url.dns_name() == "example.com.");
  CHECK(url.authority() == "example.com.:8080");
  CHECK(url.text() == "http://example.com.:8080/");
  CHECK(url != parsed("http://example.com:8080/"));
  CHECK(parsed("http://example.com/").dns_name() == "example.com");
  CHECK(parsed("http://127.0.0.1./").text() == "http://127.0.0.1/");
  CHECK(resolved("http://example.com./a", "b") == "http://example.com./b");
  CHECK(resolved("http://example.com./a", "//example.com/b") == "http://example.com/b");
}

TEST_CASE("what a URL may not hold is refused with a reason") {
  const std::pair<std::string, const char*> cases[] = {
      {"", "http://"},
      {"example.com", "http://"},
      {"http:example.com", "http://"},
      {"/path", "http://"},
      {"ftp://example.com/", "neither http nor https"},
      {"javascript://example.com/", "neither http nor https"},
      {"http://", "no host"},
      {"http:///path", "no host"},
      {"http://./", "no host"},
      {"http://:80/", "no host"},
      {"http://example..com/", "empty label"},
      {"http://exam%70le.com/", "'%'"},
      {"http://example.com:0/", "1 to 65535"},
      {"http://example.com:65536/", "1 to 65535"},
      {"http://example.com:+80/", "1 to 65535"},
      {"http://example.com:80:81/", "1 to 65535"},
      {"http://user:hunter2@example.com/", "Authorization header"},
      {"http://example.com\\@evil.example/", "backslash"},
      {"http://example.com/a b", "%20"},
      {"http://example.com/\r\nX: y", "control byte"},
      {std::string("http://example.com/\0", 20), "control byte"},
      {"http://b\xc3\xbc"
       "ch er.example/",
       "%20"},
      {"http://b\xc3.example/", "neither ASCII nor UTF-8"},
      {"http://\xe2\x80\xae.example/", "no international host name"},
      {"http://\xe2\x84\x80.example/", "'/'"},                  // U+2100 comes to "a/c"
      {"http://\xef\xbc\x91\xef\xbc\x92/", "no IPv4 address"},  // fullwidth 12
      {"http://" + std::string(2000, 'a') + "\xc3\xbc/", "bytes"},
      {"http://[::1/", "closing bracket"},
      {"http://[::1]x/", "follow the bracket"},
      {"http://[fe80::1%25eth0]/", "no IPv6 address"},
      {"http://[127.0.0.1]/", "no IPv6 address"},
      {"http://" + std::string(64, 'a') + ".example/", "label"},
      {"http://example.com/" + std::string(8192, 'a'), "bytes"},
  };
  for (const auto& [text, reason] : cases) {
    CAPTURE(text);
    const auto url = Url::parse(text);
    REQUIRE_FALSE(url.has_value());
    CHECK(url.error().message.find(reason) != std::string::npos);
    CHECK(url.error().message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("numeric hosts that only inet_aton reads are refused, not guessed") {
  for (const auto* const host : {"2130706433", "0x7f000001", "127.1", "0177.0.0.1", "127.0.0.0x1",
                                 "1.2.3.4.5", "256.1.1.1", "example.1", "0x"}) {
    CAPTURE(host);
    CHECK_FALSE(Url::parse(std::string("http://") + host + "/").has_value());
  }
  CHECK(parsed("http://127.0.0.1/").host == "127.0.0.1");
  CHECK(parsed("http://0x7f.example/").host == "0x7f.example");
}

TEST_CASE("a host name has at most 253 bytes") {
  const std::string label(62, 'a');
  const auto longest = label + "." + label + "." + label + "." + label + ".b";
  REQUIRE(longest.size() == 253);
  CHECK(Url::parse("http://" + longest + "/").has_value());
  CHECK(Url::parse("http://" + longest + "./").has_value());
  CHECK_FALSE(Url::parse("http://" + longest + "b/").has_value());
}

// RFC 3986 section 5.4 on an http base; the examples that lead to another scheme are refused.
TEST_CASE("references are resolved as the RFC's examples say") {
  const std::string_view base = "http://a/b/c/d;p?q";
  const std::pair<const char*, const char*> examples[] = {
      {"g", "http://a/b/c/g"},
      {"./g", "http://a/b/c/g"},
      {"g/", "http://a/b/c/g/"},
      {"/g", "http://a/g"},
      {"//g", "http://g/"},
      {"?y", "http://a/b/c/d;p?y"},
      {"g?y", "http://a/b/c/g?y"},
      {"#s", "http://a/b/c/d;p?q"},
      {"g#s", "http://a/b/c/g"},
      {"g?y#s", "http://a/b/c/g?y"},
      {";x", "http://a/b/c/;x"},
      {"g;x", "http://a/b/c/g;x"},
      {"", "http://a/b/c/d;p?q"},
      {".", "http://a/b/c/"},
      {"./", "http://a/b/c/"},
      {"..", "http://a/b/"},
      {"../", "http://a/b/"},
      {"../g", "http://a/b/g"},
      {"../..", "http://a/"},
      {"../../g", "http://a/g"},
      {"../../../g", "http://a/g"},
      {"/./g", "http://a/g"},
      {"/../g", "http://a/g"},
      {"g.", "http://a/b/c/g."},
      {"..g", "http://a/b/c/..g"},
      {"./../g", "http://a/b/g"},
      {"./g/.", "http://a/b/c/g/"},
      {"g/../h", "http://a/b/c/h"},
      {"g;x=1/../y", "http://a/b/c/y"},
      {"g?y/../x", "http://a/b/c/g?y/../x"},
      {"https://g/x", "https://g/x"},
      {"//g:81/x?y", "http://g:81/x?y"},
      {"/g:h", "http://a/g:h"},
      {"g?x:y", "http://a/b/c/g?x:y"},
  };
  for (const auto& [reference, wanted] : examples) {
    CAPTURE(reference);
    CHECK(resolved(base, reference) == wanted);
  }
}

TEST_CASE("a reference that leads nowhere we may go is refused") {
  const auto base = parsed("https://example.com/login");
  for (const auto* const reference :
       {"ftp://example.com/", "javascript:alert(1)", "g:h", "//", "///x", "//user@evil.example/",
        "/a\nb", "/a\x7f", "http:relative", "//127.1/", "\\\\evil.example", "//a b.example/",
        "http://a b.example/", "//b\xc3.example/"}) {
    CAPTURE(reference);
    CHECK_FALSE(base.resolve(reference).has_value());
  }
  CHECK_FALSE(base.resolve(std::string(9000, 'a')).has_value());
  CHECK_FALSE(base.resolve(std::string(4000, ' ')).has_value());
}

TEST_CASE("blanks and bytes that are not ASCII are encoded in a reference, as browsers do") {
  const std::pair<const char*, const char*> examples[] = {
      {"/a b?c d#e f", "http://a/a%20b?c%20d"},
      {"x y", "http://a/b/c/x%20y"},
      {"http://g/a b", "http://g/a%20b"},
      {"//g/a b", "http://g/a%20b"},
      {"/\xc3\xbc\xff?\xc3\xbc", "http://a/%C3%BC%FF?%C3%BC"},
      {"https://g/\xc3\xbc", "https://g/%C3%BC"},
      {"/a%20b %zz", "http://a/a%20b%20%zz"},
  };
  for (const auto& [reference, wanted] : examples) {
    CAPTURE(reference);
    CHECK(resolved("http://a/b/c/d;p?q", reference) == wanted);
  }
}

TEST_CASE("a URL that encoding makes too long is refused") {
  std::string name;
  for (int count = 0; count < 2000; ++count) name += "\xc3\xbc";
  CHECK_FALSE(Url::parse("http://example.com/" + name).has_value());
  CHECK(Url::parse("http://example.com/" + name.substr(0, 2000)).has_value());
}

TEST_CASE("a reference to another scheme takes that scheme's port") {
  const auto url = parsed("http://example.com:8080/").resolve("https://example.com/");
  REQUIRE(url.has_value());
  CHECK(url->port == 443);
  const auto other = parsed("http://example.com:8080/").resolve("//example.org/");
  REQUIRE(other.has_value());
  CHECK(other->port == 80);
}
