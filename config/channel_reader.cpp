#include "config/channel_reader.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/email_channel_reader.h"
#include "config/header_reader.h"
#include "config/receiver_reader.h"
#include "config/service_channel_reader.h"
#include "config/syntax.h"

namespace gatewatch::config {
namespace {

// A channel that is known by its URL alone.
template <typename Kind>
ChannelSettings read_by_url(Section& section) {
  Kind channel;
  read_secret_receiver(section, channel);
  return channel;
}

ChannelSettings read_webhook(Section& section) {
  WebhookChannel channel;
  read_secret_receiver(section, channel);
  section.choice<WebhookFormat>(
      "format", channel.format,
      {{"gatewatch", WebhookFormat::Gatewatch}, {"alertmanager", WebhookFormat::Alertmanager}});
  section.secret("hmac_key", channel.hmac_key, Sensitivity::Secret);
  if (section.text("hmac_header", channel.hmac_header)) {
    if (!is_token(channel.hmac_header)) section.mistake("hmac_header", "is no header name");
    if (!section.has("hmac_key")) section.mistake("hmac_header", "has no hmac_key beside it");
  }
  // By them the receiver tells a repetition from news, a body from another and us from others.
  std::vector<std::string> ours = {"content-type", "idempotency-key"};
  if (section.has("hmac_key")) ours.push_back(lower_case(channel.hmac_header));
  read_headers(section, "headers", channel.headers, ours);
  return channel;
}

template <auto read>
ChannelSettings read_as(Section& section) {
  return read(section);
}

ChannelSettings read_log(Section& /*section*/) {
  return LogChannel{};
}

using Reader = ChannelSettings (*)(Section&);

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
  Reader reader = nullptr;
  section.choice<Reader>("type", reader,
                         {{SlackChannel::type, read_by_url<SlackChannel>},
                          {EmailChannel::type, read_as<read_email_channel>},
                          {WebhookChannel::type, read_webhook},
                          {PagerDutyChannel::type, read_as<read_pagerduty_channel>},
                          {OpsgenieChannel::type, read_as<read_opsgenie_channel>},
                          {TeamsChannel::type, read_by_url<TeamsChannel>},
                          {DiscordChannel::type, read_by_url<DiscordChannel>},
                          {TelegramChannel::type, read_as<read_telegram_channel>},
                          {NtfyChannel::type, read_as<read_ntfy_channel>},
                          {WhatsAppChannel::type, read_as<read_whatsapp_channel>},
                          {AlertmanagerChannel::type, read_as<read_alertmanager_channel>},
                          {LogChannel::type, read_log}});
  // Without its type, nothing can be said about the other keys.
  if (reader == nullptr) return draft;
  channel.type = reader(section);
  section.text("fallback", channel.fallback);
  draft.fallback = section.place_of("fallback");
  section.finish();
  return draft;
}

}  // namespace gatewatch::config
