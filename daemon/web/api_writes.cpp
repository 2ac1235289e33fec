// The handlers of what changes something. Each answers once that is durable.

#include <algorithm>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/web/api.h"
#include "daemon/web/api_json.h"
#include "daemon/web/api_parameters.h"
#include "daemon/web/request_body.h"

namespace gatewatch::daemon::web {
namespace {

constexpr std::string_view not_durable =
    "It is done, but the database cannot be written now: a restart before it can would forget it.";

// What the body says of a silence, from `now` on where it does not say from when.
std::expected<storage::SilenceRecord, Error> read_silence(const std::string& text, Timestamp now) {
  storage::SilenceRecord silence;
  std::optional<Timestamp> starts;
  std::optional<Timestamp> ends;
  std::optional<config::Duration> duration;
  RequestBody body(text);
  body.texts("routes", silence.routes);
  body.text_map("tags", silence.tags);
  body.texts("rules", silence.rules);
  body.texts("regions", silence.regions);
  body.time("starts", starts);
  body.time("ends", ends);
  body.duration("duration", duration);
  body.text("author", silence.author, longest_name);
  body.text("comment", silence.comment);
  if (const auto read = body.finish(); !read) return std::unexpected(read.error());
  if (silence.routes.empty() && silence.tags.empty() && silence.rules.empty() &&
      silence.regions.empty()) {
    return std::unexpected(
        Error{"The silence does not say of what: give it routes, tags, rules or regions; "
              "\"routes\": [\"*\"] is everything."});
  }
  if (ends.has_value() == duration.has_value()) {
    return std::unexpected(Error{"The silence needs either \"ends\" or \"duration\"."});
  }
  silence.starts = starts.value_or(now);
  silence.ends = ends ? *ends : silence.starts + *duration;
  silence.created = now;
  if (silence.ends <= now) return std::unexpected(Error{"The silence would be over already."});
  if (silence.ends <= silence.starts) {
    return std::unexpected(Error{"The silence would end before it starts."});
  }
  return silence;
}

// A word on what it does not cover: a misspelt name must show.
std::string warning_of(const storage::SilenceRecord& silence, const config::Config& config) {
  const bool covers_a_route = std::ranges::any_of(config.routes, [&](const config::Route& route) {
    return config::names_route(silence.routes, silence.tags, route.id(), route.tags);
  });
  if (!covers_a_route) return "It covers no route of the configuration.";
  const auto is_a_rule = [&](const config::Rule& rule) {
    return config::any_matches(silence.rules, rule.name);
  };
  const bool covers_a_rule = std::ranges::any_of(config.rules, is_a_rule) ||
                             std::ranges::any_of(config::own_rules, [&](std::string_view name) {
                               return config::any_matches(silence.rules, name);
                             });
  return covers_a_rule ? "" : "It covers no rule of the configuration.";
}

std::size_t covered_routes(const storage::SilenceRecord& silence, const config::Config& config) {
  return static_cast<std::size_t>(
      std::ranges::count_if(config.routes, [&](const config::Route& route) {
        return config::names_route(silence.routes, silence.tags, route.id(), route.tags);
      }));
}

WebResponse no_silence_to_end(storage::Store& store, std::int64_t id) {
  const auto found = store.silences({.from = {}, .before = {}, .limit = max_changes});
  if (!found) return error_response(500, found.error().message);
  return std::ranges::find(*found, id, &storage::SilenceRecord::id) == found->end()
             ? error_response(404, "There is no such silence.")
             : error_response(409, "This silence is over.");
}

}  // namespace

void Api::ask_when_written(StoreQuestion question, const WebReply& reply) const {
  const bool is_asked = sources_.ask(
      [flush = sources_.flush, question = std::move(question)](storage::Store& store) mutable {
        return flush() ? question(store) : error_response(503, not_durable);
      },
      reply);
  if (!is_asked) reply(error_response(503, not_durable));
}

void Api::acknowledge(const WebRequest& request, const WebReply& reply) const {
  alerting::Acknowledgement acknowledgement;
  RequestBody body(request.body);
  body.required_text("by", acknowledgement.by, longest_name);
  body.text("comment", acknowledgement.comment);
  if (const auto read = body.finish(); !read) {
    return reply(error_response(400, read.error().message));
  }
  const bool is_open = sources_.acknowledge(request.id, acknowledgement);
  ask_when_written(
      [id = request.id, is_open](storage::Store& store) {
        const auto found = store.incidents({.open_only = false, .id = id, .limit = 1});
        if (!found) return error_response(500, found.error().message);
        if (found->empty()) return error_response(404, "There is no such incident.");
        return is_open ? json_response(incident_json(found->front()))
                       : error_response(409, "This incident is resolved.");
      },
      reply);
}

void Api::add_silence(const WebRequest& request, const WebReply& reply) const {
  const auto wanted = read_silence(request.body, sources_.now());
  if (!wanted) {
    return reply(error_response(400, wanted.error().message));
  }
  const auto silence = sources_.add_silence(*wanted);
  auto answer = silence_json(silence, sources_.now());
  answer["covered_routes"] = covered_routes(silence, *sources_.config());
  answer["warning"] = warning_of(silence, *sources_.config());
  ask_when_written([answer = std::move(answer)](
                       storage::Store& /*store*/) { return json_response(answer, 201); },
                   reply);
}

void Api::end_silence(const WebRequest& request, const WebReply& reply) const {
  RequestBody body(request.body);
  if (const auto read = body.finish(); !read) {
    return reply(error_response(400, read.error().message));
  }
  const auto ended = sources_.end_silence(request.id);
  ask_when_written(
      [id = request.id, ended, now = sources_.now()](storage::Store& store) {
        return ended ? json_response(silence_json(*ended, now)) : no_silence_to_end(store, id);
      },
      reply);
}

void Api::add_change(const WebRequest& request, const WebReply& reply) const {
  storage::ChangeRecord change;
  std::optional<Timestamp> at;
  RequestBody body(request.body);
  body.required_text("text", change.text);
  body.texts("routes", change.routes);
  body.link("link", change.link);
  body.text("author", change.author, longest_name);
  body.time("at", at);
  if (const auto read = body.finish(); !read) {
    return reply(error_response(400, read.error().message));
  }
  change.at = at.value_or(sources_.now());
  change.id = sources_.add_change(change);
  ask_when_written(
      [change](storage::Store& /*store*/) { return json_response(change_json(change), 201); },
      reply);
}

}  // namespace gatewatch::daemon::web
