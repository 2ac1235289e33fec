#include "daemon/web/pages.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "daemon/counted.h"
#include "daemon/version.h"
#include "daemon/web/routes.h"
#include "probes/result_json.h"

namespace gatewatch::daemon::web {
namespace {

constexpr std::size_t max_listed = 50;  // incidents on the first page

std::string link(std::string_view url, std::string_view text) {
  return fmt::format("<a href=\"{}\">{}</a>", escape_html(url), escape_html(text));
}

// Only what a browser opens as a page becomes a link: "javascript:" stays text.
std::string link_where_web(const std::string& url) {
  const bool is_web = url.starts_with("https://") || url.starts_with("http://");
  return is_web ? link(url, url) : escape_html(url);
}

WebResponse page(std::string_view title, std::string_view content) {
  return {
      .content_type = "text/html; charset=utf-8",
      .body = fmt::format("<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
                          "<title>{0}</title></head>\n<body>\n<h1>{0}</h1>\n{1}</body>\n</html>\n",
                          escape_html(title), content),
      .headers = {}};
}

std::string incident_title(const storage::IncidentRecord& incident) {
  return fmt::format("Incident {}: {} at {}", incident.id, incident.rule, incident.gateway);
}

std::string route_row(const config::Config& config, const storage::IncidentRoute& route) {
  const auto known = std::ranges::find(config.routes, route.route, &config::Route::id);
  std::string row =
      fmt::format("<tr><td>{}</td><td>{}</td><td>{} of {}</td><td>{}</td><td>{}</td>",
                  escape_html(route.route), route.firing ? "firing" : "clean", route.failures,
                  route.probes, escape_html(fmt::format("{}", fmt::join(route.regions, ", "))),
                  format_timestamp(route.since));
  if (known == config.routes.end()) {
    return row + "<td></td><td></td></tr>\n";
  }
  return row + fmt::format("<td>{}</td><td>{}</td></tr>\n",
                           escape_html(known->url.text_without_query()),
                           link_where_web(known->runbook));
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char byte : clean_utf8(text)) {
    switch (byte) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += byte;
    }
  }
  return escaped;
}

WebResponse index_page(const config::Config& config,
                       const std::vector<storage::IncidentHistory>& open_incidents) {
  std::string content =
      fmt::format("<p>gatewatch {} watches {} from {}. Open incidents: {}.</p>\n<ul>\n", version(),
                  counted(config.routes.size(), "route"), escape_html(config.daemon.region),
                  open_incidents.size());
  for (const auto& history : open_incidents | std::views::take(max_listed)) {
    content += fmt::format(
        "<li>{}, since {}</li>\n",
        link(fmt::format("/incidents/{}", history.incident.id), incident_title(history.incident)),
        format_timestamp(history.incident.since));
  }
  content += "</ul>\n<p>";
  for (const auto& route : web_routes()) {
    const bool has_content =
        route.method == "GET" && route.path != "/" && !route.path.contains('{');
    if (has_content) content += link(route.path, route.path) + "\n";
  }
  return page("gatewatch", content + "</p>\n");
}

WebResponse incident_page(const config::Config& config, const storage::IncidentHistory& history) {
  const storage::IncidentRecord& incident = history.incident;
  std::string content = fmt::format(
      "<p>{}, {}. Began {}, opened {}{}.</p>\n",
      escape_html(storage::incident_state_name(incident.state)), escape_html(incident.severity),
      format_timestamp(incident.since), format_timestamp(incident.opened),
      incident.resolved ? ", resolved " + format_timestamp(*incident.resolved) : "");
  content +=
      "<table><tr><th>Route</th><th>State</th><th>Failed</th><th>Regions</th><th>Since</th>"
      "<th>URL</th><th>Runbook</th></tr>\n";
  for (const auto& route : incident.routes) {
    content += route_row(config, route);
  }
  content += "</table>\n<h2>Events</h2>\n<ol>\n";
  for (const auto& event : history.events) {
    content += fmt::format("<li>{} {}: {}</li>\n", format_timestamp(event.at),
                           escape_html(event.kind), escape_html(event.text));
  }
  content += fmt::format("</ol>\n<p>{}\n{}</p>\n",
                         link(fmt::format("/api/v1/incidents/{}", incident.id), "As JSON"),
                         link("/", "All incidents"));
  return page(incident_title(incident), content);
}

}  // namespace gatewatch::daemon::web
