#include "probes/proxy.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace gatewatch;
using namespace std::string_literals;

namespace {

Proxy proxy(const std::string& text) {
  return Proxy::parse(config::Secret(text)).value();
}

Url target(const std::string& text) {
  return Url::parse(text).value();
}

// Feeds byte by byte: an answer may come in any pieces.
void drip(ProxyGreeting& greeting, const std::string& bytes) {
  for (const char& byte : bytes) greeting.feed({&byte, 1});
}

}  // namespace

TEST_CASE("proxy URLs are taken apart") {
  const auto plain = proxy("http://proxy.example:3128");
  CHECK(plain.kind == ProxyKind::HttpConnect);
  CHECK(plain.name() == "proxy.example:3128");
  CHECK(plain.authorization().empty());
  const auto socks = proxy("socks5://us%40er:p%3Ass@[2001:db8::1]:9050/");
  CHECK(socks.kind == ProxyKind::Socks5);
  CHECK(socks.name() == "[2001:db8::1]:9050");
  CHECK(socks.user.reveal() == "us@er");
  CHECK(socks.password.reveal() == "p:ss");
  CHECK(proxy("socks5://proxy.example").port == 1080);
  CHECK(proxy("socks5://proxy.example:80").port == 80);
  CHECK(proxy("socks5://[2001:db8::1]").port == 1080);
  CHECK(proxy("http://proxy.example").port == 80);
}

TEST_CASE("credentials are encoded for HTTP") {
  CHECK(proxy("http://Aladdin:open%20sesame@p").authorization() ==
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(proxy("http://a:b@p").authorization() == "Basic YTpi");
  CHECK(proxy("http://user@p").authorization() == "Basic dXNlcjo=");
}

TEST_CASE("a proxy URL that cannot be used is an error that tells nothing of it") {
  for (const std::string text :
       {"", "proxy.example:3128", "https://p:1", "socks4://p:1", "http://", "http://u:SECRET@",
        "http://p:99999", "http://:SECRET@p", "http://u:%zz@p", "http://u:%2@p", "http://p/path",
        "http://p?query", "http://u:SECRET@a b"}) {
    CAPTURE(text);
    const auto result = Proxy::parse(config::Secret(text));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().message.find("SECRET") == std::string::npos);
  }
}

TEST_CASE("CONNECT asks for host and port and takes any 2xx for a tunnel") {
  const auto greeting = make_connect_greeting(proxy("http://u:p@proxy.example:3128"),
                                              target("https://shop.example.com/x"), "gatewatch/1");
  CHECK(greeting->take_output() ==
        "CONNECT shop.example.com:443 HTTP/1.1\r\nHost: shop.example.com:443\r\n"
        "User-Agent: gatewatch/1\r\nProxy-Authorization: Basic dTpw\r\n\r\n");
  CHECK(greeting->take_output().empty());
  drip(*greeting, "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r");
  CHECK_FALSE(greeting->is_complete());
  drip(*greeting, "\n");
  CHECK(greeting->is_complete());
  CHECK_FALSE(greeting->fault().has_value());
}

TEST_CASE("CONNECT to an IPv6 literal has brackets") {
  const auto greeting = make_connect_greeting(proxy("http://p"), target("https://[::1]/"), "g");
  CHECK(greeting->take_output().starts_with("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n"));
}

TEST_CASE(
    "a final dot keeps search domains out, the proxy's name's and the target's at the proxy") {
  const auto dotted = proxy("http://proxy.example.:3128");
  CHECK(dotted.host == "proxy.example.");
  CHECK(make_connect_greeting(dotted, target("https://shop.example./"), "g")
            ->take_output()
            .starts_with("CONNECT shop.example.:443 HTTP/1.1\r\nHost: shop.example.:443\r\n"));
  const auto socks = make_socks5_greeting(proxy("socks5://p"), target("https://shop.example./"));
  CHECK(socks->take_output() == "\x05\x01\x00"s);
  drip(*socks, "\x05\x00"s);
  CHECK(socks->take_output() == "\x05\x01\x00\x03\x0Dshop.example.\x01\xBB"s);
}

TEST_CASE("each refusal of CONNECT has its reason") {
  const auto fault_after = [](const std::string& answer, bool end = false) {
    const auto greeting = make_connect_greeting(proxy("http://p"), target("https://a.b/"), "g");
    drip(*greeting, answer);
    if (end) greeting->end();
    CHECK_FALSE(greeting->is_complete());
    return greeting->fault().value_or(ProxyFault{});
  };
  CHECK(fault_after("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n").reason == "authentication");
  const auto refused = fault_after("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\n");
  CHECK(refused.reason == "refused");
  CHECK(refused.detail == "answered CONNECT with 502 \"Bad Gateway\"");
  CHECK(fault_after("SSH-2.0-OpenSSH\r\n\r\n").reason == "protocol");
  CHECK(fault_after("", true).reason == "closed");
  CHECK(fault_after("HTTP/1.1 200 OK\r\n", true).reason == "closed");
}

TEST_CASE("SOCKS5 without credentials asks for the name, which the proxy resolves") {
  const auto greeting = make_socks5_greeting(proxy("socks5://p"), target("https://shop.example/"));
  CHECK(greeting->take_output() == "\x05\x01\x00"s);
  drip(*greeting, "\x05\x00"s);
  CHECK(greeting->take_output() == "\x05\x01\x00\x03\x0Cshop.example\x01\xBB"s);
  drip(*greeting, "\x05\x00\x00\x01\x7F\x00\x00\x01\x00"s);
  CHECK_FALSE(greeting->is_complete());
  drip(*greeting, "\x50"s);
  CHECK(greeting->is_complete());
}

TEST_CASE("SOCKS5 with credentials sends them only when asked") {
  const auto greeting =
      make_socks5_greeting(proxy("socks5://user:pass@p"), target("http://192.0.2.1:8080/"));
  CHECK(greeting->take_output() == "\x05\x02\x00\x02"s);
  drip(*greeting, "\x05\x02"s);
  CHECK(greeting->take_output() == "\x01\x04user\x04pass"s);
  drip(*greeting, "\x01\x00"s);
  CHECK(greeting->take_output() == "\x05\x01\x00\x01\xC0\x00\x02\x01\x1F\x90"s);
  drip(*greeting, "\x05\x00\x00\x03\x02hi\x00\x50"s);
  CHECK(greeting->is_complete());
}

TEST_CASE("SOCKS5 to an IPv6 literal, answered with one") {
  const auto greeting = make_socks5_greeting(proxy("socks5://p"), target("http://[2001:db8::1]/"));
  drip(*greeting, "\x05\x00"s);
  CHECK(
      greeting->take_output() ==
      "\x05\x01\x00\x04\x20\x01\x0D\xB8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x50"s);
  drip(*greeting, "\x05\x00\x00\x04"s + std::string(16, '\0') + "\x00\x50"s);
  CHECK(greeting->is_complete());
}

TEST_CASE("each failure of SOCKS5 has its reason") {
  const auto fault_after = [](const std::string& url, const std::vector<std::string>& answers) {
    const auto greeting = make_socks5_greeting(proxy(url), target("http://a.b/"));
    for (const auto& answer : answers) {
      [[maybe_unused]] const auto sent = greeting->take_output();
      greeting->feed(answer);
    }
    CHECK_FALSE(greeting->is_complete());
    return greeting->fault().value_or(ProxyFault{}).reason;
  };
  CHECK(fault_after("socks5://p", {"HTTP/1.1 400 Bad"}) == "protocol");
  CHECK(fault_after("socks5://p", {"\x05\x02"s}) == "authentication");
  CHECK(fault_after("socks5://u:p@p", {"\x05\xFF"s}) == "authentication");
  CHECK(fault_after("socks5://u:p@p", {"\x05\x02"s, "\x01\x01"s}) == "authentication");
  CHECK(fault_after("socks5://p", {"\x05\x00"s, "\x05\x05"s}) == "refused");
  CHECK(fault_after("socks5://p", {"\x05\x00"s, "\x05\x7F"s}) == "refused");
  CHECK(fault_after("socks5://p", {"\x05\x00"s, "\x05\x00\x00\x07\x00"s}) == "protocol");
  CHECK(fault_after("socks5://p", {"\x05\x00\x05\x00"s}) == "protocol");
  CHECK(fault_after("socks5://p", {"\x05\x00"s, "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00more"s}) ==
        "protocol");
}

TEST_CASE("a SOCKS5 proxy that closes early is named as closed") {
  const auto greeting = make_socks5_greeting(proxy("socks5://p"), target("http://a.b/"));
  greeting->feed("\x05"s);
  greeting->end();
  REQUIRE(greeting->fault().has_value());
  CHECK(greeting->fault()->reason == "closed");
}
