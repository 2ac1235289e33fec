#include "alerting/delivery/telegram.h"

#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/json_request.h"
#include "alerting/delivery/mail_text.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_message = 4096;  // Telegram's limit, in UTF-16 units
constexpr std::size_t longest_title = 300;
constexpr std::size_t longest_fact = 260;      // at most 8 of them
constexpr std::size_t longest_evidence = 300;  // at most 3 of them
constexpr std::size_t longest_label = 80;      // of at most 4 links
constexpr std::size_t longest_footer = 200;
static_assert(longest_title + 8 * (longest_fact + 20) + 3 * (longest_evidence + 1) +
                  4 * (longest_label + 3) + longest_footer + 40 <
              longest_message);

// Telegram tells whomever a text mentions.
std::string look_alike(char32_t code) {
  if (code == '@') return "＠";
  return {};
}

std::string html(std::string_view text, std::size_t limit) {
  return html_escaped(escaped_within(one_line(text, limit), limit, look_alike));
}

std::string text_of(const Message& message, std::string_view sign) {
  auto text = fmt::format("<b>{} {}</b>\n", sign, html(message.title, longest_title));
  for (const auto& fact : message.facts) {
    text += fmt::format("<b>{}:</b> {}\n", fact.label, html(fact.text, longest_fact));
  }
  if (!message.evidence.empty()) text += "<b>Evidence:</b>\n";
  for (const auto& line : message.evidence) {
    text += fmt::format("<code>{}</code>\n", html(line, longest_evidence));
  }
  std::string_view separator;
  for (const auto& link : message.links) {
    text += fmt::format("{}<a href=\"{}\">{}</a>", separator, html_escaped(link.url),
                        html(link.label, longest_label));
    separator = " · ";
  }
  if (!message.links.empty()) text += '\n';
  return text + fmt::format("<i>gatewatch · {}</i>", html(message.footer, longest_footer));
}

}  // namespace

HttpRequest render_telegram(const config::TelegramChannel& telegram,
                            const Notification& notification, const std::string& key) {
  nlohmann::json body = {{"chat_id", telegram.chat_id},
                         {"text", text_of(make_message(notification), sign_of(notification))},
                         {"parse_mode", "HTML"},
                         {"link_preview_options", {{"is_disabled", true}}}};
  if (telegram.message_thread_id != 0) body["message_thread_id"] = telegram.message_thread_id;
  auto request = json_request(telegram, body, key,
                              fmt::format("/bot{}/sendMessage", telegram.bot_token.reveal()));
  request.secrets.push_back(telegram.bot_token);
  return request;
}

}  // namespace gatewatch::alerting
