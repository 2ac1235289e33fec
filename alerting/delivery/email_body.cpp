#include "alerting/delivery/email_body.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "alerting/delivery/mail_text.h"

namespace gatewatch::alerting {
namespace {

constexpr std::string_view html_head =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
    "<title>gatewatch</title>\n</head>\n"
    "<body style=\"margin:0;padding:16px;font-family:system-ui,-apple-system,'Segoe UI',"
    "Roboto,sans-serif;font-size:16px;line-height:1.5\">\n"
    "<div style=\"max-width:640px;margin:0 auto;overflow-wrap:anywhere\">\n";

struct Badge {
  std::string_view word;
  std::string_view color;  // dark enough for white letters (WCAG AA)
};

constexpr std::array<Badge, 5> badges = {{{"critical", "#b42318"},  // by tone
                                          {"warning", "#9a5b00"},
                                          {"info", "#175cd3"},
                                          {"resolved", "#1a7f37"},
                                          {"closed", "#57606a"}}};

// What and how bad, which is all that a small screen or the preview of a mailbox shows.
std::string title_html(const Message& message, const Notification& notification) {
  const auto& badge = badges[static_cast<std::size_t>(tone_of(notification))];
  return fmt::format(
      "<div style=\"margin:0 0 16px;padding:2px 0 2px 12px;border-left:4px solid {0}\">\n"
      "<p style=\"margin:0 0 6px\"><span style=\"background:{0};color:#ffffff;border-radius:4px;"
      "padding:2px 8px;font-size:14px;font-weight:600\">{1}</span> {2}{3}</p>\n"
      "<h1 style=\"font-size:20px;line-height:1.3;margin:0\">{4}</h1>\n</div>\n",
      badge.color, badge.word, notification.is_of_outage() ? "failed: " : "",
      html_escaped(message.how_bad), html_escaped(message.title));
}

std::string label_html(std::string_view label) {
  return fmt::format("<span style=\"font-size:13px;opacity:.75\">{}</span><br>\n",
                     html_escaped(label));
}

std::string fact_html(const Fact& fact) {
  return fmt::format("<p style=\"margin:0 0 10px\">{}{}</p>\n", label_html(fact.label),
                     html_escaped(fact.text));
}

std::string evidence_html(const Message& message) {
  if (message.evidence.empty()) return {};
  auto html = fmt::format("<div style=\"margin:0 0 10px\">{}", label_html("Evidence"));
  for (const auto& line : message.evidence) {
    html += fmt::format(
        "<p style=\"margin:2px 0;font-family:ui-monospace,Consolas,monospace;font-size:14px\">"
        "{}</p>\n",
        html_escaped(line));
  }
  return html + "</div>\n";
}

// As large as a thumb.
std::string link_html(const Link& link) {
  return fmt::format(
      "<a href=\"{}\" style=\"display:inline-block;margin:0 8px 8px 0;padding:9px 16px;"
      "border:1px solid;border-radius:6px;text-decoration:none;font-weight:600\">{}</a>\n",
      html_escaped(link.url), html_escaped(link.label));
}

}  // namespace

std::string email_text(const Message& message) {
  std::string text = message.title + "\n\n";
  for (const auto& fact : message.facts) text += fmt::format("{}: {}\n", fact.label, fact.text);
  if (!message.evidence.empty()) text += "\nEvidence:\n";
  for (const auto& line : message.evidence) text += fmt::format("- {}\n", line);
  if (!message.links.empty()) text += "\n";
  for (const auto& link : message.links) text += fmt::format("{}: {}\n", link.label, link.url);
  return text + fmt::format("\n-- \ngatewatch · {}\n", message.footer);
}

std::string email_html(const Message& message, const Notification& notification) {
  std::string html(html_head);
  html += title_html(message, notification);
  for (const auto& fact : message.facts) {
    if (fact.text != message.how_bad) html += fact_html(fact);
  }
  html += evidence_html(message);
  if (!message.links.empty()) html += "<p style=\"margin:16px 0 0\">\n";
  for (const auto& link : message.links) html += link_html(link);
  if (!message.links.empty()) html += "</p>\n";
  html +=
      fmt::format("<p style=\"margin:16px 0 0;font-size:13px;opacity:.75\">gatewatch · {}</p>\n",
                  html_escaped(message.footer));
  return html + "</div>\n</body>\n</html>\n";
}

}  // namespace gatewatch::alerting
