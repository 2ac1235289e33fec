#include "config/rule_reader.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "config/syntax.h"

namespace gatewatch::config {
namespace {

constexpr Duration longest_window = 31 * 24h;

void read_routes(Section& section, RuleDraft& draft) {
  auto& rule = draft.rule;
  if (auto globs = section.texts("routes")) {
    if (globs->empty()) section.mistake("routes", "names no route: write [\"*\"] for all");
    rule.routes.clear();
    for (const auto& glob : *globs) rule.routes.push_back(glob.text);
    draft.routes = *std::move(globs);
  }
  section.text_map("tags", rule.tags);
  draft.tags = section.place_of("tags");
}

void read_match(Section& section, Rule& rule) {
  const auto* const value = section.take("match");
  const auto* const list = value == nullptr ? nullptr : std::get_if<Array>(&value->data);
  if (list == nullptr || list->empty()) {
    return section.mistake("match", "must be a list of what to look for, like [\"bad_gateway\"]");
  }
  for (const auto& element : *list) {
    std::string text;
    if (const auto* const written = std::get_if<std::string>(&element.data)) text = *written;
    if (const auto* const code = std::get_if<std::int64_t>(&element.data)) {
      text = fmt::format("{}", *code);
    }
    if (const auto error = rule.match.add(text)) {
      section.mistakes().add(element.place,
                             fmt::format("{}: {}", section.name_of("match"), error->message));
    }
    rule.match_texts.push_back(std::move(text));
  }
}

void read_quorum(Section& section, Quorum& into) {
  const auto* const value = section.take("regions");
  if (value == nullptr) return;
  const auto* const text = std::get_if<std::string>(&value->data);
  const auto* const count = std::get_if<std::int64_t>(&value->data);
  if (text != nullptr && *text == "any") {
    into.kind = Quorum::Kind::Any;
  } else if (text != nullptr && *text == "majority") {
    into.kind = Quorum::Kind::Majority;
  } else if (text != nullptr && *text == "all") {
    into.kind = Quorum::Kind::All;
  } else if (count != nullptr && *count >= 1 && *count <= 1000) {
    into = {Quorum::Kind::Count, static_cast<int>(*count)};
  } else {
    section.mistake("regions", "must be \"any\", \"majority\", \"all\" or a number from 1");
  }
}

void read_numbers(Section& section, Rule& rule) {
  section.rate("rate", rule.rate);
  if (rule.rate <= 0) {
    section.mistake("rate",
                    "is 0, which every share reaches: use min_matches = 1 and a small rate");
  }
  section.duration("window", rule.window, 1s, longest_window);
  section.rate("confidence", rule.confidence);
  if (rule.confidence >= 1) {
    section.mistake("confidence", "is 100 %, which no number of results gives: write \"95%\"");
  }
  section.number("min_samples", rule.min_samples, 1, 10'000);
  section.number("min_matches", rule.min_matches, 1, 10'000);
  section.number("resolve_after", rule.resolve_after, 1, 1'000);
  section.duration("reopen", rule.reopen, 0ms, longest_window);
}

void read_escalation(Section& section, RuleDraft& draft) {
  Escalation step;
  if (!section.has("after")) {
    section.mistakes().add(section.place(), fmt::format("{} is missing: write how long after the "
                                                        "opening, like \"15m\"",
                                                        section.name_of("after")));
  }
  section.duration("after", step.after, 1s, longest_window);
  auto channels = section.texts("notify");
  if (!channels || channels->empty()) {
    section.mistake("notify", "must name whom to tell then, like [\"boss\"]");
  }
  section.finish();
  auto& steps = draft.rule.escalate;
  if (!steps.empty() && step.after > Duration{} && step.after <= steps.back().after) {
    section.mistake("after", "is not later than the step before it");
  }
  if (!channels) return;
  for (auto& channel : *channels) {
    step.notify.push_back(channel.text);
    draft.escalate.push_back(std::move(channel));
  }
  steps.push_back(std::move(step));
}

}  // namespace

RuleDraft read_rule(Section& section) {
  RuleDraft draft;
  auto& rule = draft.rule;
  draft.place = section.place_of("name");
  if (!section.text("name", rule.name)) {
    if (!section.has("name")) section.mistakes().add(section.place(), "the rule has no name");
  } else if (const auto error = check_name(rule.name)) {
    section.mistake("name", error->message);
  }
  read_routes(section, draft);
  read_match(section, rule);
  read_numbers(section, rule);
  draft.window = section.place_of("window");
  read_quorum(section, rule.regions);
  draft.regions = section.place_of("regions");
  section.choice<Severity>(
      "severity", rule.severity,
      {{"critical", Severity::Critical}, {"warning", Severity::Warning}, {"info", Severity::Info}});
  draft.notify_written = section.has("notify");
  if (auto channels = section.texts("notify")) {
    for (const auto& channel : *channels) rule.notify.push_back(channel.text);
    draft.notify = *std::move(channels);
  }
  Duration remind{};
  if (section.duration("remind", remind, 1min, longest_window)) rule.remind = remind;
  for (auto& step : section.sections("escalate")) read_escalation(step, draft);
  section.finish();
  return draft;
}

}  // namespace gatewatch::config
