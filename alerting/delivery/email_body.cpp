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
    "<div style=\"max-width:640px;margin:0 auto\">\n";

struct Badge {
  std::string_view word;
  std::string_view color;  // dark enough for white letters (WCAG AA)
};

constexpr std::array<Badge, 5> badges = {{{"critical", "#b42318"},  // by tone
                                          {"warning", "#9a5b00"},
                                          {"info", "#175cd3"},
                                          {"resolved", "#1a7f37"},
                                          {"closed", "#57606a"}}};

std::string fact_html(const Fact& fact) {
  return fmt::format(
      "<p style=\"margin:0 0 10px\"><span style=\"font-size:13px;opacity:.75\">{}</span><br>\n"
      "{}</p>\n",
      html_escaped(fact.label), html_escaped(fact.text));
}

std::string evidence_html(const Message& message) {
  if (message.evidence.empty()) return {};
  std::string html =
      "<p style=\"margin:0 0 4px;font-size:13px;opacity:.75\">Evidence</p>\n"
      "<ul style=\"margin:0 0 12px;padding-left:20px\">\n";
  for (const auto& line : message.evidence) {
    html += fmt::format(
        "<li style=\"font-family:ui-monospace,Consolas,monospace;font-size:14px;"
        "overflow-wrap:anywhere\">{}</li>\n",
        html_escaped(line));
  }
  return html + "</ul>\n";
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
  const auto& badge = badges[static_cast<std::size_t>(tone_of(notification))];
  std::string html(html_head);
  html += fmt::format(
      "<p style=\"margin:0 0 8px\"><span style=\"background:{};color:#ffffff;border-radius:4px;"
      "padding:2px 8px;font-size:13px\">{}</span></p>\n"
      "<h1 style=\"font-size:20px;line-height:1.3;margin:0 0 16px;overflow-wrap:anywhere\">{}</h1>"
      "\n",
      badge.color, badge.word, html_escaped(message.title));
  for (const auto& fact : message.facts) html += fact_html(fact);
  html += evidence_html(message);
  for (const auto& link : message.links) {
    html += fmt::format("<p style=\"margin:0 0 6px\"><a href=\"{}\">{}</a></p>\n",
                        html_escaped(link.url), html_escaped(link.label));
  }
  html +=
      fmt::format("<p style=\"margin:16px 0 0;font-size:13px;opacity:.75\">gatewatch · {}</p>\n",
                  html_escaped(message.footer));
  return html + "</div>\n</body>\n</html>\n";
}

}  // namespace gatewatch::alerting
