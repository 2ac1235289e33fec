#include "alerting/delivery/discord.h"

#include <array>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "alerting/delivery/json_request.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

constexpr std::size_t longest_title = 256;         // Discord's limits, in UTF-16 units
constexpr std::size_t longest_description = 4096;  //
constexpr std::size_t longest_fact = 250;          // escaped; at most 8 of them
constexpr std::size_t longest_evidence = 300;      // escaped; at most 3 of them
constexpr std::size_t longest_footer = 300;
static_assert(8 * (longest_fact + 20) + 3 * (longest_evidence + 3) + 20 < longest_description);
static_assert(longest_title + longest_description + longest_footer < 6000);

constexpr std::array<int, 5> colors = {0xd92d20, 0xf79009, 0x2e90fa, 0x12b76a,
                                       0x98a2b3};  // by tone

std::string escape_mark(char32_t code) {
  constexpr std::string_view marks = "\\*_~`|<>[]()#@:";
  if (code >= 0x80 || marks.find(static_cast<char>(code)) == std::string_view::npos) return {};
  return {'\\', static_cast<char>(code)};
}

// In a code span nothing but its end means anything.
std::string look_alike_of_tick(char32_t code) {
  return code == '`' ? "ˋ" : std::string();
}

std::string description_of(const Message& message) {
  std::string text;
  for (const auto& fact : message.facts) {
    text += fmt::format("**{}:** {}\n", fact.label,
                        escaped_within(fact.text, longest_fact, escape_mark));
  }
  if (!message.evidence.empty()) text += "**Evidence:**\n";
  for (const auto& line : message.evidence) {
    text += fmt::format("`{}`\n", escaped_within(line, longest_evidence, look_alike_of_tick));
  }
  auto left = longest_description - units_of(text);
  std::string_view separator;
  for (const auto& link : message.links) {
    const auto label = escaped_within(link.label, longest_fact, escape_mark);
    const auto piece = fmt::format("{}[{}](<{}>)", separator, label, link.url);
    const auto units = units_of(piece);
    if (units > left) continue;
    text += piece;
    left -= units;
    separator = " · ";
  }
  return text;
}

}  // namespace

HttpRequest render_discord(const config::DiscordChannel& discord, const Notification& notification,
                           const std::string& key) {
  const auto message = make_message(notification);
  const auto title = fmt::format("{} {}", sign_of(notification), message.title);
  const auto footer = one_line("gatewatch · " + message.footer, longest_footer);
  const json embed = {{"title", escaped_within(title, longest_title, escape_mark)},
                      {"description", description_of(message)},
                      {"color", colors[static_cast<std::size_t>(tone_of(notification))]},
                      {"timestamp", rfc3339_time(notification.at)},
                      {"footer", {{"text", footer}}}};
  const json body = {{"embeds", json::array({embed})},
                     {"allowed_mentions", {{"parse", json::array()}}}};
  return json_request(discord, body, key);
}

}  // namespace gatewatch::alerting
