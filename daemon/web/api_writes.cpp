// The handlers of what changes something. Each answers once that is durable.

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

}  // namespace

void Api::ask_when_written(StoreQuestion question, const WebReply& reply) const {
  ask(
      [flush = sources_.flush, question = std::move(question)](storage::Store& store) mutable {
        return flush() ? question(store) : error_response(503, not_durable);
      },
      reply);
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
