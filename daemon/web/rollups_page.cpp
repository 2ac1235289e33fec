#include "daemon/web/rollups_page.h"

#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/web/results_page.h"
#include "probes/result_json.h"

namespace gatewatch::daemon::web {
namespace {

using nlohmann::json;

double seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

json microseconds(std::optional<std::chrono::microseconds> duration) {
  return duration ? json(duration->count()) : json();
}

json rollup_json(const storage::Rollup& rollup) {
  std::map<std::string, std::uint64_t> outcomes;
  std::map<std::string, std::uint64_t> statuses;
  for (const auto& [answer, count] : rollup.answers) {
    outcomes[std::string(outcome_row(answer.outcome).name)] += count;
    statuses[std::to_string(answer.status)] += count;
  }
  return {{"results", rollup.results()},
          {"scheduled", rollup.scheduled()},
          {"good", rollup.good()},
          {"outcomes", outcomes},
          {"statuses", statuses},
          {"p50_us", microseconds(rollup.latency.quantile(50))},
          {"p95_us", microseconds(rollup.latency.quantile(95))},
          {"p99_us", microseconds(rollup.latency.quantile(99))}};
}

// What minutes do not have.
json longer_rollup_json(const storage::Rollup& rollup) {
  auto object = rollup_json(rollup);
  const auto uptime = rollup.uptime.ratio();
  object["uptime"] = uptime ? json(*uptime) : json();
  object["known_seconds"] = seconds(rollup.uptime.known);
  object["up_seconds"] = seconds(rollup.uptime.up);
  object["min_us"] = microseconds(rollup.shortest);
  object["max_us"] = microseconds(rollup.longest);
  return object;
}

// A million of them make a page: as text at once.
std::string days_text(const std::vector<storage::Uptime>& days) {
  std::string text;
  for (const auto& day : days) {
    text += text.empty() ? "[" : ",";
    const auto ratio = day.ratio();
    if (!ratio) {
      text += "null";
    } else if (*ratio == 1.0) {
      text += '1';
    } else {
      fmt::format_to(std::back_inserter(text), "{:.6f}", *ratio);
    }
  }
  return text.empty() ? "[]" : text + "]";
}

std::string history_text(const storage::RouteHistory& history) {
  auto object = longer_rollup_json(history.total);
  object["route"] = clean_utf8(history.route);
  object["region"] = clean_utf8(history.region);
  auto text = object.dump();
  text.pop_back();
  return text + ",\"days\":" + days_text(history.days) + "}";
}

}  // namespace

WebResponse rollups_page(storage::Store& store, const storage::RollupQuery& query) {
  const auto found = store.rollups(query);
  if (!found) return error_response(500, found.error().message);
  json list = json::array();
  for (const auto& [region, begin, rollup] : *found) {
    auto object = query.step == storage::RollupStep::Minute ? rollup_json(rollup)
                                                            : longer_rollup_json(rollup);
    object["begin"] = format_timestamp(begin);
    object["region"] = clean_utf8(region);
    list.push_back(std::move(object));
  }
  return {.body = json{{"rollups", std::move(list)}}.dump() + "\n", .headers = {}};
}

WebResponse uptime_page(storage::Store& store, const storage::HistoryQuery& query) {
  auto one_more = query;
  ++one_more.routes;  // whether there are more
  const auto found = store.histories(one_more);
  if (!found) return error_response(500, found.error().message);
  std::string list;
  json next;
  std::uint32_t routes = 0;
  std::string last;
  for (const auto& history : *found) {
    if (routes == 0 || history.route != last) {
      if (routes == query.routes || list.size() >= full_page_bytes) {
        next = last;
        break;
      }
      ++routes;
      last = history.route;
    }
    list += (list.empty() ? "" : ",") + history_text(history);
  }
  const std::chrono::year_month_day first(query.first_day);
  return {.body = fmt::format("{{\"from\":\"{:04}-{:02}-{:02}\",\"next\":{},\"routes\":[{}]}}\n",
                              static_cast<int>(first.year()), static_cast<unsigned>(first.month()),
                              static_cast<unsigned>(first.day()), next.dump(), list),
          .headers = {}};
}

}  // namespace gatewatch::daemon::web
