#include "config/channel_reader.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/header_reader.h"
#include "config/syntax.h"

namespace gatewatch::config {
namespace {

void require(Section& section, std::string_view key) {
  if (section.has(key)) return;
  section.mistakes().add(section.place(), fmt::format("the channel has no {}", key));
}

// The URL of a channel is a secret as a whole: whoever knows it can post there. So no message
// says more than that it is wrong.
void read_secret_url(Section& section, Secret& into) {
  require(section, "url");
  if (!section.secret("url", into, Sensitivity::Secret)) return;
  const auto url = Url::parse(into.reveal());
  if (!url) {
    return section.mistake("url",
                           "is no http:// or https:// URL (it is not shown, being a secret)");
  }
  into = Secret(url->text());  // an international host in ASCII
}

SlackChannel read_slack(Section& section) {
  SlackChannel channel;
  read_secret_url(section, channel.url);
  return channel;
}

WebhookChannel read_webhook(Section& section) {
  WebhookChannel channel;
  read_secret_url(section, channel.url);
  section.secret("hmac_key", channel.hmac_key, Sensitivity::Secret);
  if (section.text("hmac_header", channel.hmac_header)) {
    if (!is_token(channel.hmac_header)) section.mistake("hmac_header", "is no header name");
    if (!section.has("hmac_key")) section.mistake("hmac_header", "has no hmac_key beside it");
  }
  // By them the receiver tells a repetition from news, a body from another and us from others.
  std::vector<std::string> ours = {"content-type", "idempotency-key"};
  if (section.has("hmac_key")) ours.push_back(lower_case(channel.hmac_header));
  read_headers(section, "headers", channel.headers, ours);
  section.readable_file("ca", channel.ca);
  return channel;
}

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

EmailChannel read_email(Section& section) {
  EmailChannel channel;
  section.choice<MailTls>("tls", channel.tls,
                          {{"required", MailTls::Required}, {"none", MailTls::None}});
  read_server(section, channel);
  section.readable_file("ca", channel.ca);
  read_login(section, channel);
  read_addresses(section, channel);
  return channel;
}

enum class Type : std::uint8_t { Slack, Email, Webhook, Log };

}  // namespace

ChannelDraft read_channel(Section& section) {
  ChannelDraft draft;
  auto& channel = draft.channel;
  draft.place = section.place_of("name");
  require(section, "name");
  if (section.text("name", channel.name)) {
    if (const auto error = check_name(channel.name)) section.mistake("name", error->message);
  }
  require(section, "type");
  std::optional<Type> type;
  section.choice<std::optional<Type>>("type", type,
                                      {{"slack", Type::Slack},
                                       {"email", Type::Email},
                                       {"webhook", Type::Webhook},
                                       {"log", Type::Log}});
  // Without its type, nothing can be said about the other keys.
  if (!type) return draft;
  switch (*type) {
    case Type::Slack:
      channel.type = read_slack(section);
      break;
    case Type::Email:
      channel.type = read_email(section);
      break;
    case Type::Webhook:
      channel.type = read_webhook(section);
      break;
    case Type::Log:
      channel.type = LogChannel{};
      break;
  }
  section.finish();
  return draft;
}

}  // namespace gatewatch::config
