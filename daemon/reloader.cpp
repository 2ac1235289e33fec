#include "daemon/reloader.h"

#include <utility>

#include "daemon/process.h"
#include "probes/net/thread.h"
#include "probes/net/tls_context.h"

namespace gatewatch::daemon {

LoadResult load_everything(const LoadConfig& load) {
  auto config = load();
  if (!config) {
    std::vector<std::string> lines;
    for (const auto& mistake : config.error()) lines.push_back(mistake.text());
    return std::unexpected(std::move(lines));
  }
  LoadedConfig loaded{std::make_shared<config::Config>(std::move(*config)), {}};
  TargetFactory factory;
  std::vector<std::string> lines;
  if (const auto& tls = loaded.config->daemon.tls) {
    if (const auto context = net::TlsContext::server(*tls); !context) {
      lines.push_back(tls->place.text + ": daemon.tls: " + context.error().message);
    }
  }
  for (const auto& route : loaded.config->routes) {
    auto target = factory.create(std::shared_ptr<const config::Route>(loaded.config, &route));
    if (target) {
      loaded.targets.push_back(std::move(*target));
    } else {
      lines.push_back(route.place.text + ": " + target.error().message);
    }
  }
  if (!lines.empty()) return std::unexpected(std::move(lines));
  return_free_memory();  // the text and its syntax tree were several times as large
  return loaded;
}

Reloader::Reloader(LoopMailbox& mailbox, LoadConfig load, Loaded loaded)
    : mailbox_(mailbox), load_(std::move(load)), loaded_(std::move(loaded)) {}

void Reloader::request() {
  if (std::exchange(again_, busy_)) return;
  if (!busy_) begin();
}

void Reloader::begin() {
  busy_ = true;
  thread_ = {};  // joins the last run, which has posted its answer and is ending
  if (auto error = net::start_thread(thread_, "reload", [this] { post(load_everything(load_)); })) {
    post(std::unexpected(*std::move(error)));
  }
}

void Reloader::post(std::expected<LoadResult, Error> result) {
  // The mailbox refuses only when the main loop stands still: the watchdog ends that.
  (void)mailbox_.post([this, result = std::move(result)]() mutable { finish(std::move(result)); });
}

void Reloader::finish(std::expected<LoadResult, Error> result) {
  busy_ = false;
  if (std::exchange(again_, false)) begin();
  loaded_(std::move(result));
}

}  // namespace gatewatch::daemon
