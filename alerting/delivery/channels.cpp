// The list of channels: a new kind is a line here and a file beside it.

#include <variant>

#include "alerting/delivery/channel.h"
#include "alerting/delivery/email.h"
#include "alerting/delivery/log.h"
#include "alerting/delivery/slack.h"
#include "alerting/delivery/webhook.h"

namespace gatewatch::alerting {
namespace {

struct Maker {
  const std::string& name;

  std::unique_ptr<Channel> operator()(const config::SlackChannel& slack) const {
    return make_slack_channel(slack);
  }
  std::unique_ptr<Channel> operator()(const config::EmailChannel& email) const {
    return make_email_channel(name, email);
  }
  std::unique_ptr<Channel> operator()(const config::WebhookChannel& webhook) const {
    return make_webhook_channel(webhook);
  }
  std::unique_ptr<Channel> operator()(const config::LogChannel& /*log*/) const {
    return make_log_channel();
  }
};

}  // namespace

std::unique_ptr<Channel> make_channel(const config::Channel& channel) {
  return std::visit(Maker{channel.name}, channel.type);
}

}  // namespace gatewatch::alerting
