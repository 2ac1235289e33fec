#include "probes/proxy.h"

#include <charconv>

#include <fmt/format.h>

#include "probes/base64.h"

namespace gatewatch {
namespace {

constexpr std::size_t longest_credential = 255;  // bytes, RFC 1929

std::unexpected<Error> fault(std::string_view what) {
  return std::unexpected(Error{fmt::format(
      "the proxy's URL {}: write http://host:port or socks5://user:password@host:port", what)});
}

int hex_value(char character) {
  int value = -1;
  std::from_chars(&character, &character + 1, value, 16);
  return value;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '%') {
      result += text[index];
      continue;
    }
    if (index + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[index + 1]);
    const int low = hex_value(text[index + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    index += 2;
  }
  return result;
}

std::expected<void, Error> set_credentials(Proxy& proxy, std::string_view text) {
  const auto colon = text.find(':');
  auto user = percent_decode(text.substr(0, colon));
  auto password =
      percent_decode(colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1));
  if (!user || !password) return fault("holds a broken percent-encoding");
  if (user->empty() || user->size() > longest_credential || password->size() > longest_credential) {
    return fault("needs a user and a password of at most 255 bytes each");
  }
  proxy.user = config::Secret(*std::move(user));
  proxy.password = config::Secret(*std::move(password));
  return {};
}

}  // namespace

std::expected<Proxy, Error> Proxy::parse(const config::Secret& text) {
  std::string_view rest = text.reveal();
  Proxy proxy;
  const auto scheme_end = rest.find("://");
  if (scheme_end == std::string_view::npos) return fault("has no scheme");
  const auto scheme = rest.substr(0, scheme_end);
  if (scheme != "http" && scheme != "socks5") return fault("is neither http:// nor socks5://");
  proxy.kind = scheme == "http" ? ProxyKind::HttpConnect : ProxyKind::Socks5;
  rest.remove_prefix(scheme_end + 3);
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    if (auto set = set_credentials(proxy, rest.substr(0, at)); !set) {
      return std::unexpected(set.error());
    }
    rest.remove_prefix(at + 1);
  }
  const auto url = Url::parse("http://" + std::string(rest));
  if (!url) return fault("has no usable host and port");
  if (url->path != "/" || url->has_query) return fault("has a path");
  proxy.host = url->dns_name();
  const auto bracket = rest.find(']');
  const bool has_port =
      rest.find(':', bracket == std::string_view::npos ? 0 : bracket) != std::string_view::npos;
  proxy.port = !has_port && proxy.kind == ProxyKind::Socks5 ? 1080 : url->port;
  return proxy;
}

std::string Proxy::name() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

std::string Proxy::authorization() const {
  if (user.empty()) return "";
  return "Basic " + base64(user.reveal() + ":" + password.reveal());
}

std::unique_ptr<ProxyGreeting> make_proxy_greeting(const Proxy& proxy, const Url& target,
                                                   const std::string& user_agent) {
  return proxy.kind == ProxyKind::Socks5 ? make_socks5_greeting(proxy, target)
                                         : make_connect_greeting(proxy, target, user_agent);
}

}  // namespace gatewatch
