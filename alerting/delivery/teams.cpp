#include "alerting/delivery/teams.h"

#include <array>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "alerting/delivery/json_request.h"
#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

using nlohmann::json;

// In UTF-16 units, each of which takes 3 bytes at most: together with four links of 2000 bytes and
// the frame, under 28 KB.
constexpr std::size_t longest_title = 300;
constexpr std::size_t longest_fact = 300;      // at most 8 of them
constexpr std::size_t longest_evidence = 400;  // at most 3 of them
constexpr std::size_t longest_button = 75;

constexpr std::array<std::string_view, 5> colors = {"Attention", "Warning", "Accent", "Good",
                                                    "Default"};  // by tone

json run(std::string text) {
  return {{"type", "TextRun"}, {"text", std::move(text)}};
}

json line_of(json runs) {
  return {{"type", "RichTextBlock"}, {"inlines", std::move(runs)}, {"spacing", "Small"}};
}

json title_of(const Message& message, Tone tone) {
  auto title = run(one_line(message.title, longest_title));
  title["weight"] = "Bolder";
  title["size"] = "Medium";
  title["color"] = colors[static_cast<std::size_t>(tone)];
  return line_of(json::array({std::move(title)}));
}

json body_of(const Message& message, Tone tone) {
  json body = json::array({title_of(message, tone)});
  const auto labelled = [](const std::string& label, json text) {
    auto bold = run(label + ": ");
    bold["weight"] = "Bolder";
    return line_of(json::array({std::move(bold), std::move(text)}));
  };
  for (const auto& fact : message.facts) {
    body.push_back(labelled(fact.label, run(one_line(fact.text, longest_fact))));
  }
  for (const auto& line : message.evidence) {
    auto text = run(one_line(line, longest_evidence));
    text["fontType"] = "Monospace";
    body.push_back(labelled("Evidence", std::move(text)));
  }
  auto footer = run(one_line("gatewatch · " + message.footer, longest_title));
  footer["isSubtle"] = true;
  footer["size"] = "Small";
  body.push_back(line_of(json::array({std::move(footer)})));
  return body;
}

}  // namespace

HttpRequest render_teams(const config::TeamsChannel& teams, const Notification& notification,
                         const std::string& key) {
  const auto message = make_message(notification);
  json actions = json::array();
  for (const auto& link : message.links) {
    actions.push_back({{"type", "Action.OpenUrl"},
                       {"title", one_line(link.label, longest_button)},
                       {"url", link.url}});
  }
  const json card = {{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                     {"type", "AdaptiveCard"},
                     {"version", "1.4"},
                     {"body", body_of(message, tone_of(notification))},
                     {"actions", std::move(actions)},
                     {"msteams", {{"width", "Full"}}}};
  const json attachment = {{"contentType", "application/vnd.microsoft.card.adaptive"},
                           {"contentUrl", nullptr},
                           {"content", card}};
  const json body = {{"type", "message"}, {"attachments", json::array({attachment})}};
  return json_request(teams, body, key);
}

}  // namespace gatewatch::alerting
