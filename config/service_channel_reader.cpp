#include "config/service_channel_reader.h"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "config/header_reader.h"
#include "config/receiver_reader.h"
#include "config/syntax.h"

namespace gatewatch::config {
namespace {

bool is_word(std::string_view text, std::string_view others) {
  return !text.empty() && std::ranges::all_of(text, [others](char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z') || others.find(byte) != std::string_view::npos;
  });
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char byte) { return byte >= '0' && byte <= '9'; });
}

// A key that goes into a header or a path: `others` may stand beside letters and digits.
void read_key(Section& section, std::string_view key, Secret& into, std::string_view others) {
  if (!require_secret(section, key, into)) return;
  if (!is_word(into.reveal(), others)) {
    section.mistake(key, "holds a character that none of the service's has");
  }
}

// "-1001234567890", written as a number or a text, or "@name".
void read_chat(Section& section, std::string& into) {
  require(section, "chat_id");
  const auto* const value = section.take("chat_id");
  if (value == nullptr) return;
  if (const auto* const number = std::get_if<std::int64_t>(&value->data)) {
    into = fmt::to_string(*number);
    return;
  }
  if (!section.text("chat_id", into)) return;
  const auto text = std::string_view(into);
  const bool is_name = text.starts_with('@') && is_word(text.substr(1), "_");
  const bool is_number = is_digits(text.substr(text.starts_with('-') ? 1 : 0));
  if (!is_name && !is_number) {
    section.mistake("chat_id", "is neither a number, like -1001234567890, nor a name, like @ops");
  }
}

}  // namespace

PagerDutyChannel read_pagerduty_channel(Section& section) {
  PagerDutyChannel channel;
  read_service_receiver(section, channel, "https://events.pagerduty.com");
  read_key(section, "routing_key", channel.routing_key, "-_");
  return channel;
}

OpsgenieChannel read_opsgenie_channel(Section& section) {
  OpsgenieChannel channel;
  read_service_receiver(section, channel, "https://api.opsgenie.com");
  read_key(section, "api_key", channel.api_key, "-_");
  return channel;
}

TelegramChannel read_telegram_channel(Section& section) {
  TelegramChannel channel;
  read_service_receiver(section, channel, "https://api.telegram.org");
  read_key(section, "bot_token", channel.bot_token, ":-_");
  read_chat(section, channel.chat_id);
  section.number("message_thread_id", channel.message_thread_id, 1,
                 std::numeric_limits<int>::max());
  return channel;
}

NtfyChannel read_ntfy_channel(Section& section) {
  NtfyChannel channel;
  read_service_receiver(section, channel, "https://ntfy.sh");
  constexpr std::size_t longest_topic = 64;  // bytes
  if (require_secret(section, "topic", channel.topic)) {
    const auto& topic = channel.topic.reveal();
    if (!is_word(topic, "-_") || topic.size() > longest_topic) {
      section.mistake("topic", "is not of 1 to 64 letters, digits, - and _");
    }
  }
  if (section.has("token")) read_key(section, "token", channel.token, "-_.");
  return channel;
}

WhatsAppChannel read_whatsapp_channel(Section& section) {
  WhatsAppChannel channel;
  read_service_receiver(section, channel, "https://graph.facebook.com/v23.0");
  read_key(section, "token", channel.token, "-_.|");
  require(section, "phone_number_id");
  if (section.text("phone_number_id", channel.phone_number_id) &&
      !is_digits(channel.phone_number_id)) {
    section.mistake("phone_number_id", "is not of digits alone");
  }
  require(section, "to");
  if (section.text("to", channel.to)) {
    if (channel.to.starts_with('+')) channel.to.erase(0, 1);
    if (!is_digits(channel.to)) {
      section.mistake("to", "is no telephone number with its country's code, like +4930123456");
    }
  }
  require(section, "template");
  if (section.text("template", channel.template_name) && !is_word(channel.template_name, "_")) {
    section.mistake("template", "is not of letters, digits and _");
  }
  if (section.text("language", channel.language) && !is_word(channel.language, "_")) {
    section.mistake("language", "is no language code, like en_US");
  }
  return channel;
}

AlertmanagerChannel read_alertmanager_channel(Section& section) {
  AlertmanagerChannel channel;
  read_service_receiver(section, channel, "http://127.0.0.1:9093");
  read_headers(section, "headers", channel.headers, {"content-type", "idempotency-key"});
  return channel;
}

}  // namespace gatewatch::config
