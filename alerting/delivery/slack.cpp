#include "alerting/delivery/slack.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

constexpr std::size_t longest_header = 150;    // Slack's limits, in UTF-16 units
constexpr std::size_t longest_section = 3000;  //
constexpr std::size_t longest_button = 75;     //
constexpr std::size_t longest_block_id = 255;  //
constexpr std::size_t longest_fact = 400;      // escaped; at most 7 of them in a section
constexpr std::size_t longest_evidence = 900;  // escaped; at most 3 of them in a section
constexpr std::size_t longest_fallback = 1000;
static_assert(7 * (longest_fact + 20) < longest_section);
static_assert(3 * (longest_evidence + 3) + 20 < longest_section);

enum class Marks { Replace, Keep };

std::string escaped(char32_t code, Marks marks) {
  switch (code) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '`':
      return "ˋ";
    case '*':
      return marks == Marks::Replace ? "∗" : "*";
    case '~':
      return marks == Marks::Replace ? "∼" : "~";
    default: {
      std::string text;
      append_utf8(text, code);
      return text;
    }
  }
}

// Entities are never cut: a piece goes in whole or not at all.
std::string escape_within(std::string_view text, std::size_t limit, Marks marks) {
  std::string result;
  std::size_t units = 0;
  std::size_t bytes_with_room = 0;  // up to where an ellipsis would still fit
  while (!text.empty()) {
    const auto character = first_character(text);
    text.remove_prefix(character.bytes);
    const auto piece = escaped(character.code, marks);
    const auto width = piece.front() == '&' ? piece.size() : character.units();
    if (units + width > limit) return result.substr(0, bytes_with_room) + std::string(ellipsis);
    result += piece;
    units += width;
    if (units < limit) bytes_with_room = result.size();
  }
  return result;
}

std::string_view sign_of(const Notification& notification) {
  if (is_recovery(notification)) return "✅ ";
  if (is_resolution(notification)) return "⚪ ";
  return notification.severity == config::Severity::Critical ? "🔴 " : "⚠️ ";
}

json plain(std::string_view text, std::size_t limit) {
  return {{"type", "plain_text"}, {"text", escape_within(text, limit, Marks::Keep)}};
}

json section(const std::string& text) {
  // verbatim: Slack looks for no names, channels or URLs in it.
  return {{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}, {"verbatim", true}}}};
}

json blocks_of(const Message& message, std::string_view sign, const std::string& key) {
  json blocks = json::array();
  const auto title = std::string(sign) + message.title;
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

class SlackChannel final : public Channel {
 public:
  explicit SlackChannel(config::SlackChannel settings) : settings_(std::move(settings)) {}

  [[nodiscard]] Request render(const Notification& notification,
                               const std::string& key) const override {
    const auto message = make_message(notification);
    const json body = {
        {"text", slack_text(message.title + " · " + message.summary, longest_fallback)},
        {"blocks", blocks_of(message, sign_of(notification), key)},
        {"unfurl_links", false},
        {"unfurl_media", false}};
    HttpRequest request;
    request.url = settings_.url;
    request.headers.push_back({"Content-Type", config::Secret("application/json")});
    request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    return request;
  }

 private:
  config::SlackChannel settings_;
};

}  // namespace

std::string slack_text(std::string_view text, std::size_t limit) {
  return escape_within(text, limit, Marks::Replace);
}

std::string slack_code(std::string_view text, std::size_t limit) {
  return "`" + escape_within(text, limit, Marks::Keep) + "`";
}

std::unique_ptr<Channel> make_slack_channel(const config::SlackChannel& settings) {
  return std::make_unique<SlackChannel>(settings);
}

}  // namespace gatewatch::alerting
