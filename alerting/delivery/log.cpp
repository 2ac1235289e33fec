#include "alerting/delivery/log.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "alerting/delivery/message.h"
#include "alerting/delivery/text.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t longest_value = 500;  // UTF-16 units
constexpr std::size_t most_names = 20;

bool is_bare(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') ||
         std::string_view("-_.:/@+").find(byte) != std::string_view::npos;
}

class Line {
 public:
  void add(std::string_view key, std::string_view data) {
    if (data.empty()) return;
    if (!text_.empty()) text_ += ' ';
    text_ += key;
    text_ += '=';
    const auto value = one_line(data, longest_value);
    if (std::ranges::all_of(value, is_bare)) {
      text_ += value;
      return;
    }
    text_ += '"';
    for (const char byte : value) {
      if (byte == '"' || byte == '\\') text_ += '\\';
      text_ += byte;
    }
    text_ += '"';
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  const auto shown = std::min(names.size(), most_names);
  for (std::size_t at = 0; at < shown; ++at) {
    if (at > 0) text += ',';
    text += names[at];
  }
  return text;
}

}  // namespace

LogRequest render_log(const Notification& notification, const std::string& key) {
  const auto message = make_message(notification);
  Line line;
  line.add("notification", notification_kind_name(notification.kind));
  line.add("severity", config::severity_name(notification.severity));
  line.add("incident", fmt::to_string(notification.incident));
  line.add("rule", notification.rule);
  line.add("headline", message.title);
  line.add("since", rfc3339_time(notification.since));
  line.add("resolved", notification.resolved ? rfc3339_time(*notification.resolved) : "");
  line.add("reason", notification.reason);
  line.add("share", notification.share());
  line.add("gateway", notification.gateway);
  line.add("regions_failing", joined(notification.regions_failing));
  line.add("regions_clean", joined(notification.regions_clean));
  line.add("diagnosis", notification.diagnosis);
  line.add("fixer", notification.fixer);
  for (const auto& evidence : message.evidence) line.add("evidence", evidence);
  line.add("link", notification.link);
  line.add("key", key);
  return LogRequest{line.take()};
}

}  // namespace gatewatch::alerting
