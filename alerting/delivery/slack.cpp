#include "alerting/delivery/slack.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/json_request.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

constexpr std::size_t longest_header = 150;    // Slack's limits, in UTF-16 units
constexpr std::size_t longest_section = 3000;  //
constexpr std::size_t longest_button = 75;     //
constexpr std::size_t longest_block_id = 255;  //
constexpr std::size_t longest_fact = 350;      // escaped; at most 8 of them in a section
constexpr std::size_t longest_evidence = 900;  // escaped; at most 3 of them in a section
constexpr std::size_t longest_fallback = 1000;
static_assert(8 * (longest_fact + 20) < longest_section);
static_assert(3 * (longest_evidence + 3) + 20 < longest_section);

std::string entity(char32_t code) {
  switch (code) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '`':
      return "ˋ";
    default:
      return {};
  }
}

std::string entity_or_look_alike(char32_t code) {
  if (code == '*') return "∗";
  if (code == '~') return "∼";
  return entity(code);
}

json plain(std::string_view text, std::size_t limit) {
  return {{"type", "plain_text"}, {"text", escaped_within(text, limit, entity)}};
}

json section(const std::string& text) {
  // verbatim: Slack looks for no names, channels or URLs in it.
  return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}, {"verbatim", true}}}};
}

json blocks_of(const Message& message, std::string_view sign, const std::string& key) {
  json blocks = json::array();
  const auto title = fmt::format("{} {}", sign, message.title);
  blocks.push_back({{"type", "header"},
                    {"text", plain(title, longest_header)},
                    {"block_id", one_line(key, longest_block_id)}});
  std::string facts;
  for (const auto& fact : message.facts) {
    facts += fmt::format("*{}:* {}\n", fact.label, slack_text(fact.text, longest_fact));
  }
  blocks.push_back(section(facts));
  if (!message.evidence.empty()) {
    std::string evidence = "*Evidence:*";
    for (const auto& line : message.evidence) evidence += "\n" + slack_code(line, longest_evidence);
    blocks.push_back(section(evidence));
  }
  json buttons = json::array();
  for (const auto& link : message.links) {
    buttons.push_back(
        {{"type", "button"}, {"text", plain(link.label, longest_button)}, {"url", link.url}});
  }
  if (!buttons.empty()) blocks.push_back({{"type", "actions"}, {"elements", std::move(buttons)}});
  json footer = json::array({plain("gatewatch · " + message.footer, longest_fact)});
  blocks.push_back({{"type", "context"}, {"elements", std::move(footer)}});
  return blocks;
}

}  // namespace

std::string slack_text(std::string_view text, std::size_t limit) {
  return escaped_within(text, limit, entity_or_look_alike);
}

std::string slack_code(std::string_view text, std::size_t limit) {
  return "`" + escaped_within(text, limit, entity) + "`";
}

HttpRequest render_slack(const config::SlackChannel& slack, const Notification& notification,
                         const std::string& key) {
  const auto message = make_message(notification);
  const json body = {
      {"text", slack_text(message.title + " · " + message.summary, longest_fallback)},
      {"blocks", blocks_of(message, sign_of(notification), key)},
      {"unfurl_links", false},
      {"unfurl_media", false}};
  return json_request(slack, body, key);
}

}  // namespace gatewatch::alerting
