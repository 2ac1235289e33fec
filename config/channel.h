// Where notifications go: the settings of each kind of channel.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/header.h"
#include "config/secret.h"

namespace gatewatch::config {

// Where a channel posts to. At many services whoever knows the URL can post there, so all of it is
// a secret.
struct HttpReceiver {
  Secret url;
  std::string ca{};  // PEM file; empty: the system's
  friend bool operator==(const HttpReceiver&, const HttpReceiver&) = default;
};

struct SlackChannel : HttpReceiver {
  static constexpr std::string_view type = "slack";
  friend bool operator==(const SlackChannel&, const SlackChannel&) = default;
};

enum class MailTls : std::uint8_t {
  Required,
  None
};  // Required: STARTTLS, or smtps:// from the start

struct EmailChannel {
  static constexpr std::string_view type = "email";
  std::string server;  // smtp://host:port or smtps://host:port
  MailTls tls = MailTls::Required;
  std::string ca;  // PEM file; empty: the system's
  std::string username;
  Secret password;
  std::string from;
  std::vector<std::string> to;
  friend bool operator==(const EmailChannel&, const EmailChannel&) = default;
};

enum class WebhookFormat : std::uint8_t { Gatewatch, Alertmanager };

struct WebhookChannel : HttpReceiver {
  static constexpr std::string_view type = "webhook";
  WebhookFormat format = WebhookFormat::Gatewatch;
  std::vector<Header> headers;
  Secret hmac_key;                          // not empty: sign the body
  std::string hmac_header = "X-Signature";  // where the signature goes
  friend bool operator==(const WebhookChannel&, const WebhookChannel&) = default;
};

struct PagerDutyChannel : HttpReceiver {
  static constexpr std::string_view type = "pagerduty";
  Secret routing_key;
  friend bool operator==(const PagerDutyChannel&, const PagerDutyChannel&) = default;
};

struct OpsgenieChannel : HttpReceiver {
  static constexpr std::string_view type = "opsgenie";
  Secret api_key;
  friend bool operator==(const OpsgenieChannel&, const OpsgenieChannel&) = default;
};

struct TeamsChannel : HttpReceiver {
  static constexpr std::string_view type = "teams";
  friend bool operator==(const TeamsChannel&, const TeamsChannel&) = default;
};

struct DiscordChannel : HttpReceiver {
  static constexpr std::string_view type = "discord";
  friend bool operator==(const DiscordChannel&, const DiscordChannel&) = default;
};

struct TelegramChannel : HttpReceiver {
  static constexpr std::string_view type = "telegram";
  Secret bot_token;
  std::string chat_id;        // a number, or "@name"
  int message_thread_id = 0;  // of a forum's topic; 0: none
  friend bool operator==(const TelegramChannel&, const TelegramChannel&) = default;
};

struct NtfyChannel : HttpReceiver {
  static constexpr std::string_view type = "ntfy";
  Secret topic;  // whoever knows it can read and publish where a server has no accounts
  Secret token;  // empty: no Authorization
  friend bool operator==(const NtfyChannel&, const NtfyChannel&) = default;
};

struct WhatsAppChannel : HttpReceiver {
  static constexpr std::string_view type = "whatsapp";
  Secret token;
  std::string phone_number_id;  // of the sender, as Meta numbers it
  std::string to;               // digits, with the country's code
  std::string template_name;    // `template` in the file
  std::string language = "en_US";
  friend bool operator==(const WhatsAppChannel&, const WhatsAppChannel&) = default;
};

struct AlertmanagerChannel : HttpReceiver {
  static constexpr std::string_view type = "alertmanager";
  std::vector<Header> headers;
  friend bool operator==(const AlertmanagerChannel&, const AlertmanagerChannel&) = default;
};

struct LogChannel {
  static constexpr std::string_view type = "log";
  friend bool operator==(const LogChannel&, const LogChannel&) = default;
};

using ChannelSettings = std::variant<SlackChannel, EmailChannel, WebhookChannel, PagerDutyChannel,
                                     OpsgenieChannel, TeamsChannel, DiscordChannel, TelegramChannel,
                                     NtfyChannel, WhatsAppChannel, AlertmanagerChannel, LogChannel>;

struct Channel {
  std::string name;
  ChannelSettings type;
  std::string fallback{};  // the channel that is told what this one did not take; empty: none

  [[nodiscard]] std::string_view type_name() const noexcept;  // "slack", "email", …
  friend bool operator==(const Channel&, const Channel&) = default;
};

}  // namespace gatewatch::config
