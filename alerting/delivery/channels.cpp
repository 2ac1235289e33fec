// The list of channels: a new kind is a line here and a file beside it.

#include <variant>

#include "alerting/delivery/alertmanager.h"
#include "alerting/delivery/channel.h"
#include "alerting/delivery/discord.h"
#include "alerting/delivery/email.h"
#include "alerting/delivery/log.h"
#include "alerting/delivery/ntfy.h"
#include "alerting/delivery/opsgenie.h"
#include "alerting/delivery/pagerduty.h"
#include "alerting/delivery/slack.h"
#include "alerting/delivery/teams.h"
#include "alerting/delivery/telegram.h"
#include "alerting/delivery/webhook.h"
#include "alerting/delivery/whatsapp.h"

namespace gatewatch::alerting {
namespace {

using namespace std::chrono_literals;

struct Renderer {
  const std::string& name;
  const Notification& notification;
  const std::string& key;

  Request operator()(const config::SlackChannel& slack) const {
    return render_slack(slack, notification, key);
  }
  Request operator()(const config::EmailChannel& email) const {
    return render_email(name, email, notification, key);
  }
  Request operator()(const config::WebhookChannel& webhook) const {
    return render_webhook(name, webhook, notification, key);
  }
  Request operator()(const config::PagerDutyChannel& pagerduty) const {
    return render_pagerduty(pagerduty, notification, key);
  }
  Request operator()(const config::OpsgenieChannel& opsgenie) const {
    return render_opsgenie(opsgenie, notification, key);
  }
  Request operator()(const config::TeamsChannel& teams) const {
    return render_teams(teams, notification, key);
  }
  Request operator()(const config::DiscordChannel& discord) const {
    return render_discord(discord, notification, key);
  }
  Request operator()(const config::TelegramChannel& telegram) const {
    return render_telegram(telegram, notification, key);
  }
  Request operator()(const config::NtfyChannel& ntfy) const {
    return render_ntfy(ntfy, notification, key);
  }
  Request operator()(const config::WhatsAppChannel& whatsapp) const {
    return render_whatsapp(whatsapp, notification, key);
  }
  Request operator()(const config::AlertmanagerChannel& alertmanager) const {
    return render_alertmanager(alertmanager, notification, key);
  }
  Request operator()(const config::LogChannel& /*log*/) const {
    return render_log(notification, key);
  }
};

// What the services say of their limits, for one receiver.
struct Pacer {
  std::chrono::milliseconds operator()(const config::DiscordChannel& /*discord*/) const {
    return 2s;  // 30 a minute
  }
  std::chrono::milliseconds operator()(const config::TelegramChannel& /*telegram*/) const {
    return 3s;  // 20 a minute in a group
  }
  std::chrono::milliseconds operator()(const config::NtfyChannel& /*ntfy*/) const {
    return 5s;  // after 60 at once
  }
  std::chrono::milliseconds operator()(const config::WhatsAppChannel& /*whatsapp*/) const {
    return 6s;  // to one receiver
  }
  std::chrono::milliseconds operator()(const config::AlertmanagerChannel& /*alertmanager*/) const {
    return 100ms;  // it has no limit, and repetitions must not hold up news
  }
  std::chrono::milliseconds operator()(const config::LogChannel& /*log*/) const {
    return 0ms;  // ours
  }
  // Slack takes one a second, and the others more.
  std::chrono::milliseconds operator()(const auto& /*other*/) const { return 1s; }
};

}  // namespace

Request render(const config::Channel& channel, const Notification& notification,
               const std::string& key) {
  return std::visit(Renderer{channel.name, notification, key}, channel.type);
}

std::optional<std::chrono::seconds> repeat_of(const config::Channel& channel) {
  // Well within its resolve_timeout, which is 5 min where nobody changed it.
  if (std::holds_alternative<config::AlertmanagerChannel>(channel.type)) return 1min;
  return std::nullopt;
}

bool takes_acknowledgements(const config::Channel& channel) {
  return std::holds_alternative<config::PagerDutyChannel>(channel.type);
}

std::chrono::milliseconds pace_of(const config::Channel& channel) {
  return std::visit(Pacer{}, channel.type);
}

}  // namespace gatewatch::alerting
