#include "alerting/delivery/whatsapp.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/json_request.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

constexpr std::size_t longest_body = 1024;      // WhatsApp's limit, in characters
constexpr std::size_t longest_parameter = 250;  // of three; the template's own words take the rest
static_assert(3 * longest_parameter < longest_body);

json parameter(const std::string& text) {
  return {{"type", "text"}, {"text", one_line(text, longest_parameter)}};
}

}  // namespace

HttpRequest render_whatsapp(const config::WhatsAppChannel& whatsapp,
                            const Notification& notification, const std::string& key) {
  const auto message = make_message(notification);
  // A link that is cut leads nowhere.
  const bool linked =
      is_web_link(notification.link) && notification.link.size() <= longest_parameter;
  json body_text = {
      {"type", "body"},
      {"parameters",
       {parameter(fmt::format("{} {}", sign_of(notification), message.title)),
        parameter(message.summary), parameter(linked ? notification.link : message.footer)}}};
  const json body = {{"messaging_product", "whatsapp"},
                     {"recipient_type", "individual"},
                     {"to", whatsapp.to},
                     {"type", "template"},
                     {"template",
                      {{"name", whatsapp.template_name},
                       {"language", {{"code", whatsapp.language}, {"policy", "deterministic"}}},
                       {"components", json::array({std::move(body_text)})}}}};
  auto request =
      json_request(whatsapp, body, key, fmt::format("/{}/messages", whatsapp.phone_number_id));
  request.headers.push_back({"Authorization", config::Secret("Bearer " + whatsapp.token.reveal())});
  request.secrets.push_back(whatsapp.token);
  return request;
}

}  // namespace gatewatch::alerting
