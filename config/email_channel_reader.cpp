#include "config/email_channel_reader.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "config/receiver_reader.h"
#include "config/syntax.h"
#include "config/url.h"

namespace gatewatch::config {
namespace {

// "smtp://host[:port]" or "smtps://host[:port]" with its port.
std::optional<std::string> parse_server(std::string_view text) {
  const auto scheme = text.substr(0, text.find("://"));
  if (scheme != "smtp" && scheme != "smtps") return std::nullopt;
  const auto rest = text.substr(scheme.size());
  const auto url = Url::parse(fmt::format("http{}", rest));
  if (!url || url->request_target() != "/") return std::nullopt;
  // Port 80 is what the borrowed scheme fills in where there is none.
  const bool named = !url->has_default_port() || rest.ends_with(":80") || rest.ends_with(":80/");
  const auto host =
      url->host.find(':') == std::string::npos ? url->host : fmt::format("[{}]", url->host);
  const std::uint16_t default_port = scheme == "smtp" ? 587 : 465;
  return fmt::format("{}://{}:{}", scheme, host, named ? url->port : default_port);
}

void read_server(Section& section, EmailChannel& channel) {
  require(section, "server");
  if (!section.text("server", channel.server)) return;
  auto server = parse_server(channel.server);
  if (!server) {
    return section.mistake("server",
                           "must be \"smtp://HOST:PORT\" or \"smtps://HOST:PORT\", with "
                           "user name and password under keys of their own");
  }
  channel.server = *std::move(server);
  if (channel.server.starts_with("smtps:") && channel.tls == MailTls::None) {
    section.mistake("tls", "is \"none\", but smtps:// is TLS from the start: write smtp://");
  }
}

void read_login(Section& section, EmailChannel& channel) {
  if (section.text("username", channel.username) && !is_field_value(channel.username)) {
    section.mistake("username", "holds a line break or another control byte");
  }
  section.secret("password", channel.password, Sensitivity::Secret);
  if (section.has("username") != section.has("password")) {
    section.mistake(
        section.has("username") ? "username" : "password",
        section.has("username") ? "has no password beside it" : "has no username beside it");
  }
}

void read_addresses(Section& section, EmailChannel& channel) {
  require(section, "from");
  require(section, "to");
  constexpr auto right = "is no mail address: write \"name@example.com\" alone";
  if (std::string from; section.text("from", from)) {
    if (auto address = parse_mail_address(from)) {
      channel.from = *std::move(address);
    } else {
      section.mistake("from", right);
    }
  }
  const auto recipients = section.texts("to");
  if (!recipients) return;
  if (recipients->empty()) section.mistake("to", "names nobody");
  for (const auto& [address, place] : *recipients) {
    if (auto parsed = parse_mail_address(address)) {
      channel.to.push_back(*std::move(parsed));
    } else {
      section.mistakes().add(place,
                             fmt::format("{}: \"{}\" {}", section.name_of("to"), address, right));
    }
  }
}

}  // namespace

EmailChannel read_email_channel(Section& section) {
  EmailChannel channel;
  section.choice<MailTls>("tls", channel.tls,
                          {{"required", MailTls::Required}, {"none", MailTls::None}});
  read_server(section, channel);
  section.readable_file("ca", channel.ca);
  read_login(section, channel);
  read_addresses(section, channel);
  return channel;
}

}  // namespace gatewatch::config
