#include "alerting/delivery/opsgenie.h"

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

constexpr std::size_t longest_message = 130;         // Opsgenie's limits, in UTF-16 units
constexpr std::size_t longest_tag = 50;              //
constexpr std::size_t longest_entity = 512;          //
constexpr std::size_t longest_description = 15'000;  //
constexpr std::size_t longest_line = 500;            // at most 8 facts and 3 of evidence
constexpr std::size_t longest_link = 2100;           // with its label; at most 4
static_assert(11 * (longest_line + 20) + 4 * longest_link < longest_description);

constexpr std::array<std::string_view, 3> priorities = {"P5", "P3", "P1"};  // by severity

std::string look_alike(char32_t code) {
  if (code == '<') return "‹";
  if (code == '>') return "›";
  return {};
}

std::string plain(std::string_view text, std::size_t limit) {
  return escaped_within(one_line(text, limit), limit, look_alike);
}

std::string description_of(const Message& message) {
  auto text = plain(message.title, longest_line) + "\n";
  for (const auto& fact : message.facts) {
    text += fmt::format("{}: {}\n", fact.label, plain(fact.text, longest_line));
  }
  for (const auto& line : message.evidence) {
    text += fmt::format("Evidence: {}\n", plain(line, longest_line));
  }
  for (const auto& link : message.links) {
    text += fmt::format("{}: {}\n", plain(link.label, longest_tag), link.url);
  }
  return text;
}

json opening_of(const Notification& notification, const Message& message) {
  return {{"message", plain(message.title, longest_message)},
          {"alias", incident_handle(notification)},
          {"description", description_of(message)},
          {"priority", priorities[static_cast<std::size_t>(notification.severity)]},
          {"entity", plain(notification.gateway, longest_entity)},
          {"tags", json::array({config::severity_name(notification.severity),
                                plain(notification.rule, longest_tag)})}};
}

}  // namespace

HttpRequest render_opsgenie(const config::OpsgenieChannel& opsgenie,
                            const Notification& notification, const std::string& key) {
  const auto message = make_message(notification);
  const bool ends = is_resolution(notification);
  auto body = ends ? json::object() : opening_of(notification, message);
  body["source"] = "gatewatch";
  body["user"] = "gatewatch";
  body["note"] = plain(message.title + " · " + message.summary, longest_entity);
  const auto path =
      ends ? fmt::format("/v2/alerts/{}/close?identifierType=alias", incident_handle(notification))
           : std::string("/v2/alerts");
  auto request = json_request(opsgenie, body, key, path);
  request.headers.push_back(
      {"Authorization", config::Secret("GenieKey " + opsgenie.api_key.reveal())});
  request.secrets.push_back(opsgenie.api_key);
  return request;
}

}  // namespace gatewatch::alerting
