// The handlers behind the routes of routes.cpp. Each reads its parameters, asks its sources, and
// answers; none of them decides who may ask.

#pragma once

#include <memory>

#include "daemon/web/api_sources.h"
#include "daemon/web/web_message.h"

namespace gatewatch::daemon::web {

// Belongs to the loop's thread.
class Api {
 public:
  explicit Api(ApiSources sources) : sources_(std::move(sources)) {}

  [[nodiscard]] std::shared_ptr<const config::Config> current_config() const {
    return sources_.config();
  }

  void index(const WebRequest& request, const WebReply& reply) const;
  void incident_page(const WebRequest& request, const WebReply& reply) const;
  void metrics(const WebRequest& request, const WebReply& reply) const;
  void health(const WebRequest& request, const WebReply& reply) const;
  void readiness(const WebRequest& request, const WebReply& reply) const;
  void routes(const WebRequest& request, const WebReply& reply) const;
  void regions(const WebRequest& request, const WebReply& reply) const;
  void results(const WebRequest& request, const WebReply& reply) const;
  void evidence(const WebRequest& request, const WebReply& reply) const;
  void rollups(const WebRequest& request, const WebReply& reply) const;
  void uptime(const WebRequest& request, const WebReply& reply) const;
  void incidents(const WebRequest& request, const WebReply& reply) const;
  void incident(const WebRequest& request, const WebReply& reply) const;
  void changes(const WebRequest& request, const WebReply& reply) const;
  void silences(const WebRequest& request, const WebReply& reply) const;
  void reload(const WebRequest& request, const WebReply& reply) const;
  void acknowledge(const WebRequest& request, const WebReply& reply) const;
  void add_change(const WebRequest& request, const WebReply& reply) const;
  void add_silence(const WebRequest& request, const WebReply& reply) const;
  void end_silence(const WebRequest& request, const WebReply& reply) const;

 private:
  using RenderIncident = WebResponse (*)(const config::Config&, const storage::IncidentHistory&);

  using RenderResults = WebResponse (*)(storage::Store&, storage::ResultQuery);

  void ask(StoreQuestion question, const WebReply& reply) const;
  // Once what was handed on before is durable; says so where it cannot be made so soon.
  void ask_when_written(StoreQuestion question, const WebReply& reply) const;
  void answer_results(const WebRequest& request, const WebReply& reply, RenderResults render) const;
  void answer_incident(const WebRequest& request, const WebReply& reply,
                       RenderIncident render) const;

  ApiSources sources_;
};

}  // namespace gatewatch::daemon::web
