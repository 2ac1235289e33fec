#include "alerting/delivery/ntfy.h"

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

constexpr std::size_t longest_message = 4000;  // bytes; ntfy takes 4096
constexpr std::size_t longest_title = 250;     // UTF-16 units
constexpr std::size_t longest_label = 60;      //
constexpr std::size_t most_actions = 3;

// By tone: how loud (1 to 5), and the short code of an emoji.
struct Manner {
  int priority;
  std::string_view tag;
};
constexpr std::array<Manner, 5> manners = {{{5, "red_circle"},
                                            {4, "warning"},
                                            {3, "information_source"},
                                            {3, "white_check_mark"},
                                            {3, "white_circle"}}};

// The order of the lines puts the least missed last, where a cut falls.
std::string text_of(const Message& message) {
  std::string text;
  for (const auto& fact : message.facts) text += fmt::format("{}: {}\n", fact.label, fact.text);
  for (const auto& line : message.evidence) text += fmt::format("Evidence: {}\n", line);
  return within_bytes(text + message.footer, longest_message);
}

json actions_of(const Message& message) {
  json actions = json::array();
  for (const auto& link : message.links) {
    if (actions.size() == most_actions) break;
    actions.push_back(
        {{"action", "view"}, {"label", one_line(link.label, longest_label)}, {"url", link.url}});
  }
  return actions;
}

}  // namespace

HttpRequest render_ntfy(const config::NtfyChannel& ntfy, const Notification& notification,
                        const std::string& key) {
  const auto message = make_message(notification);
  const auto& manner = manners[static_cast<std::size_t>(tone_of(notification))];
  json body = {{"topic", ntfy.topic.reveal()},
               {"title", one_line(message.title, longest_title)},
               {"message", text_of(message)},
               {"priority", manner.priority},
               {"tags", json::array({manner.tag})}};
  if (!message.links.empty()) {
    body["click"] = message.links.front().url;
    body["actions"] = actions_of(message);
  }
  auto request = json_request(ntfy, body, key);
  request.secrets.push_back(ntfy.topic);
  if (!ntfy.token.empty()) {
    request.headers.push_back({"Authorization", config::Secret("Bearer " + ntfy.token.reveal())});
    request.secrets.push_back(ntfy.token);
  }
  return request;
}

}  // namespace gatewatch::alerting
