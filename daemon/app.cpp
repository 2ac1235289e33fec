#include "daemon/app.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <random>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "alerting/delivery/curl_sender.h"
#include "alerting/replay.h"
#include "daemon/config_notes.h"
#include "daemon/counted.h"
#include "daemon/database_path.h"
#include "daemon/incident_line.h"
#include "daemon/process.h"
#include "daemon/version.h"
#include "probes/text.h"
#include "storage/sqlite/lasting_store.h"
#include "storage/sqlite/sqlite_store.h"

namespace gatewatch::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t results_capacity = 100'000;  // from the probe threads to us
constexpr std::size_t control_capacity = 100'000;
constexpr std::size_t questions_capacity = 256;  // of the API to the reader
constexpr auto drain_limit = 1200ms;
constexpr auto flush_limit = 500ms;
constexpr auto stuck_after = 10s;  // a loop that has not turned for so long starves the watchdog

// What links in notifications begin with. `address`: of our server, as it came to listen.
std::string link_prefix(const config::Daemon& daemon, const std::string& address) {
  if (!daemon.external_url.empty()) return daemon.external_url;
  if (!daemon.listen.unix_path.empty()) return {};
  if (!daemon.listen.endpoint.address.is_unspecified()) return address;
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) return {};
  return fmt::format("{}://{}{}", daemon.tls ? "https" : "http", host.data(),
                     address.substr(address.rfind(':')));
}

int thread_count(const config::Daemon& daemon) {
  if (daemon.probe_threads > 0) return daemon.probe_threads;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace

std::expected<std::unique_ptr<App>, Error> App::create(AppSettings settings, Log& log) {
  auto network = net::UvNetwork::create();
  if (!network) return std::unexpected(network.error());
  std::unique_ptr<App> app(new App(std::move(settings), log, std::move(*network)));
  if (auto error = app->start_web()) return std::unexpected(std::move(*error));
  if (auto error = app->open_storage()) return std::unexpected(std::move(*error));
  if (auto error = app->start_alerting()) return std::unexpected(std::move(*error));
  if (auto error = app->start_probing()) return std::unexpected(std::move(*error));
  app->watch_signals();
  return app;
}

App::App(AppSettings settings, Log& log, std::unique_ptr<net::UvNetwork> network)
    : log_(log),
      network_(std::move(network)),
      config_(settings.loaded.config),
      first_targets_(std::move(settings.loaded.targets)),
      observer_(std::move(settings.observer)),
      log_incidents_(settings.log_incidents),
      anchor_{network_->clock().wall_now(), network_->clock().now()},
      reloaded_(anchor_.wall),
      clocks_(read_clocks(network_->clock())),
      results_(std::make_unique<LoopMailbox>(*network_, results_capacity)),
      control_(std::make_unique<LoopMailbox>(*network_, control_capacity)),
      reloader_(std::make_unique<Reloader>(
          *control_, std::move(settings.load),
          [this](const std::expected<LoadResult, Error>& result) { finish_reload(result); })),
      pulse_timer_(network_->timer()),
      tick_timer_(network_->timer()),
      stop_timer_(network_->timer()) {}

// In the order in which data flows: who hands something on ends before who takes it.
App::~App() {
  pool_.reset();
  web_.reset();
  reloader_.reset();
  signals_.clear();
  pulse_timer_.reset();
  tick_timer_.reset();
  stop_timer_.reset();
  outbox_.reset();
  sender_.reset();
  pipeline_.reset();
  // Its questions wait for the recorder, which gives it another store to ask where one is replaced.
  if (reader_) reader_->stop();
  recorder_.reset();
  reader_.reset();
  desk_.reset();
  results_.reset();
  control_.reset();
  (void)network_->close();
}

std::optional<Error> App::open_storage() {
  const auto path = database_path(config_->daemon.data);
  housekeeping_.begin(storage::last_written(path), network_->clock().boot_now());
  auto lasting = storage::open_lasting_store(path, anchor_.wall);
  if (!lasting) return lasting.error();
  lost_ = std::move(lasting->lost);
  auto error = restore(*lasting->store);
  if (const auto trouble = lasting->store->trouble(); error && needs_replacement(trouble)) {
    lasting->store.reset();  // it holds the lock
    auto lost = storage::give_up_store(path, trouble, anchor_.wall);
    if (!lost) return lost.error();
    lost_ = std::move(*lost);
    lasting = storage::open_lasting_store(path, anchor_.wall);
    if (!lasting) return lasting.error();
    error = restore(*lasting->store);
  }
  if (error) return error;
  auto readable = storage::open_sqlite_store(path, storage::OpenMode::ReadOnly);
  if (!readable) return readable.error();
  auto reader =
      storage::Reader::start(std::move(*readable), questions_capacity, [this](std::uint64_t store) {
        (void)control_->post([this, store] { recorder_->distrust(store); });
      });
  if (!reader) return reader.error();
  reader_.emplace(std::move(*reader));
  auto recorder = storage::Recorder::start(
      std::move(lasting->store), storage::RecorderLimits{},
      [this](const std::vector<storage::IncidentStep>& steps) {
        // A letter that finds no place is not lost: its deliveries are
        // stored as pending.
        (void)control_->post([this, steps] { on_told(steps); });
      },
      [this, path](std::unique_ptr<storage::Store> damaged) {
        return replace_store(path, std::move(damaged));
      });
  if (!recorder) return recorder.error();
  recorder_.emplace(std::move(*recorder));
  return std::nullopt;
}

// On the recorder's thread. Without a store it has been called before, and did not succeed.
std::expected<std::unique_ptr<storage::Store>, Error> App::replace_store(
    const std::string& path, std::unique_ptr<storage::Store> given_up) {
  const auto now = network_->clock().wall_now();
  if (given_up) {
    const auto trouble = given_up->trouble();
    given_up.reset();  // it holds the lock
    auto lost = storage::give_up_store(path, trouble, now);
    if (!lost) return std::unexpected(std::move(lost.error()));
    given_up_ = std::move(*lost);
  }
  auto lasting = storage::open_lasting_store(path, now);
  if (!lasting) return std::unexpected(std::move(lasting.error()));
  auto readable = storage::open_sqlite_store(path, storage::OpenMode::ReadOnly);
  if (readable) reader_->replace(std::move(*readable));
  const auto lost = lasting->lost ? std::move(lasting->lost) : std::exchange(given_up_, {});
  if (lost) (void)control_->post([this, lost = *lost] { on_lost(lost); });
  return std::move(lasting->store);
}

void App::on_lost(const storage::LostHistory& lost) {
  ++lost_histories_;
  log_.error("history lost", {{"damage", lost.damage},
                              {"set_aside", lost.file},
                              {"incidents_kept", std::to_string(lost.incidents)},
                              {"all_incidents", lost.all_incidents ? "yes" : "no"}});
  for (const auto& silence : silences_.list()) recorder_->submit(silence);
  recorder_->submit(storage::GapRecord{.kind = "history", .until = lost.at});
  pipeline_->submit(desk_->begin_anew(lost, network_->clock().wall_now()));
}

std::optional<Error> App::restore(storage::Store& store) {
  const auto last = store.last_incident_id();
  if (!last) return last.error();
  const auto changes = store.changes({.from = {}, .before = {}, .limit = 1});
  if (!changes) return changes.error();
  if (!changes->empty()) last_change_ = std::max(last_change_, changes->front().id);
  desk_ = std::make_unique<alerting::IncidentDesk>(
      config_, alerting::DeskSettings{link_prefix(config_->daemon, address()), *last});
  auto in_doubt = alerting::replay(*desk_, *config_, store, anchor_.wall);
  if (!in_doubt) return in_doubt.error();
  in_doubt_ = std::move(*in_doubt);
  if (auto error = silences_.load(store)) return error;
  desk_->set_silences(silences_.list());
  auto deliveries = alerting::deliveries_to_resume(store);
  if (!deliveries) return deliveries.error();
  to_resume_ = std::move(*deliveries);
  const auto undelivered = std::ranges::count(to_resume_, storage::DeliveryState::Pending,
                                              &storage::DeliveryRecord::state);
  log_.info("storage opened", {{"file", database_path(config_->daemon.data)},
                               {"open_incidents", std::to_string(desk_->open_incidents())},
                               {"undelivered", std::to_string(undelivered)}});
  return std::nullopt;
}

std::optional<Error> App::start_alerting() {
  auto sender = alerting::make_curl_sender(
      *network_,
      {.policy = config_->daemon.targets,
       .user_agent = user_agent(),
       .transfers = static_cast<int>(shares_.transfers),
       .log = [this](const alerting::LogRequest& request) { log_notification(request); },
       .notice = [this](const std::string& text) { log_.warning("delivery", {{"text", text}}); }});
  if (!sender) return sender.error();
  sender_ = std::move(*sender);
  outbox_ = std::make_unique<alerting::Outbox>(*network_, *sender_, alerting::OutboxLimits{},
                                               std::random_device{}(),
                                               [this](const storage::DeliveryRecord& delivery) {
                                                 recorder_->submit(delivery);
                                                 log_failure(delivery);
                                               });
  outbox_->set_channels(config_->channels);
  outbox_->add(std::exchange(to_resume_, {}));
  return std::nullopt;
}

std::optional<Error> App::start_web() {
  const DescriptorShares wanted = {
      .clients = web::ServerLimits{}.connections,
      .transfers = static_cast<std::size_t>(alerting::CurlSenderSettings{}.transfers),
      .probes = static_cast<std::size_t>(config_->daemon.probes_in_flight)};
  shares_ = share_descriptors(wanted, descriptors_left());
  if (shares_ != wanted) {
    log_.warning("few descriptors", {{"probes_in_flight", std::to_string(shares_.probes)},
                                     {"wanted", std::to_string(wanted.probes)},
                                     {"clients", std::to_string(shares_.clients)},
                                     {"transfers", std::to_string(shares_.transfers)}});
  }
  auto web = WebFront::open(*network_, config_->daemon, api_sources(), shares_.clients);
  if (!web) return web.error();
  web_ = std::move(*web);
  return std::nullopt;
}

std::optional<Error> App::start_probing() {
  pipeline_ = std::make_unique<Pipeline>(
      network_->clock(), config_->daemon.region, *desk_, *recorder_,
      Pipeline::Probes{.confirm = [this](const std::string& route) { pool_->confirm(route); },
                       .once = [this](const std::string& route) { pool_->probe_once(route); }},
      std::move(observer_));
  pipeline_->set_routes(config_->routes);
  const auto& daemon = config_->daemon;
  const auto deliver = [this](std::vector<Result> results) {
    const auto count = results.size();
    const auto began = results.empty() ? Timestamp() : results.front().started;
    auto letter = [this, results = std::move(results)]() mutable {
      for (auto& result : results) pipeline_->handle(std::move(result));
    };
    if (!results_->post(std::move(letter), count)) {
      lost_results_ += count;
      recorder_->submit(
          storage::GapRecord{.kind = "results", .since = began, .until = began, .count = count});
    }
  };
  auto pool = ProbePool::start(thread_count(daemon),
                               {.identity = {daemon.region, user_agent(), daemon.targets},
                                .anchor = anchor_,
                                .in_flight_limit = shares_.probes},
                               deliver);
  if (!pool) return pool.error();
  pool_ = std::move(*pool);
  for (auto& target : std::exchange(first_targets_, {})) {
    if (target->route->probed_from(daemon.region)) pool_->set(std::move(target));
  }
  for (const auto& route : std::exchange(in_doubt_, {})) pool_->confirm(route);
  return std::nullopt;
}

void App::watch_signals() {
  for (const int number : {SIGTERM, SIGINT}) {
    signals_.push_back(network_->on_signal(number, [this] { stop(); }));
  }
  signals_.push_back(network_->on_signal(SIGHUP, [this] { reload([](const auto&) {}); }));
  release_signals();
}

void App::run() {
  log_.info("running", {{"version", std::string(version())},
                        {"region", config_->daemon.region},
                        {"routes", std::to_string(config_->routes.size())},
                        {"rules", std::to_string(config_->rules.size())},
                        {"channels", std::to_string(config_->channels.size())},
                        {"listen", address()}});
  log_notes();
  if (const auto lost = std::exchange(lost_, std::nullopt)) on_lost(*lost);
  systemd_.ready("Watching " + counted(config_->routes.size(), "route"));
  pulse();
  tick();
  network_->run();
}

void App::log_notes() {
  for (const auto& note : config_notes(*config_)) log_.warning(note);
}

// Often, because an incident that has settled is told by it.
void App::pulse() {
  pipeline_->tick();
  pulse_timer_->start(250ms, [this] { pulse(); });
}

void App::tick() {
  own_turns_ = network_->take_longest_turn();
  watch_clocks();
  keep_records();
  log_own_troubles();
  if (pool_->alive(network_->clock().now(), stuck_after)) systemd_.alive();
  tick_timer_->start(1s, [this] { tick(); });
}

void App::watch_clocks() {
  for (const auto& jump : clocks_.look(read_clocks(network_->clock()))) {
    const std::string kind(clock_jump_name(jump.kind));
    ++clock_jumps_[kind];
    log_.warning("clock_jump", {{"kind", kind}, {"by", format_short(jump.by)}});
  }
}

void App::log_own_troubles() {
  for (const auto& line : self_report_.look(own_state())) {
    if (line.is_trouble) {
      log_.error(line.what, {{"detail", line.detail}});
    } else {
      log_.info(line.what, {{"detail", line.detail}});
    }
  }
}

void App::keep_records() {
  housekeeping_.keep(*recorder_, config_->storage, read_clocks(network_->clock()), clocks_);
}

void App::stop() {
  if (std::exchange(stopping_, true)) return;
  log_.info("stopping");
  systemd_.stopping();
  const auto end = [this] {
    pipeline_->finish();
    if (!recorder_->flush(flush_limit)) {
      log_.error("the newest results could not be written before the end");
    }
    network_->stop();
  };
  stop_timer_->start(drain_limit, end);
  // A message whose answer is not recorded goes out again after the start.
  const auto drained = [this, end, left = std::make_shared<int>(2)] {
    if (--*left > 0) return;
    stop_timer_->stop();
    end();
  };
  outbox_->drain(drained);
  pool_->drain([this, drained] { (void)results_->post(drained); });
}

void App::reload(ReloadWaiter done) {
  if (stopping_) return done({.mistakes = {}, .obstacle = "the daemon is stopping"});
  reload_waiters_.push_back(std::move(done));
  systemd_.reloading();
  reloader_->request();
}

void App::finish_reload(const std::expected<LoadResult, Error>& result) {
  web::ReloadAnswer answer;
  if (!result) {
    answer.obstacle = result.error().message;
    log_.error("reload refused", {{"reason", answer.obstacle}});
  } else if (!*result) {
    answer.mistakes = result->error();
    for (const auto& line : answer.mistakes) {
      log_.each(LogLevel::Error, "reload refused", {{"mistake", line}});
    }
  } else {
    put_in_force(**result);
  }
  reload_successful_ = result && *result;
  if (!reload_successful_) log_.error("the configuration in force goes on");
  systemd_.ready("Watching " + counted(config_->routes.size(), "route"));
  for (const auto& waiter : std::exchange(reload_waiters_, {})) waiter(answer);
}

void App::put_in_force(const LoadedConfig& loaded) {
  const auto difference = config::difference(*config_, *loaded.config);
  for (const auto& setting : difference.needs_restart) {
    log_.each(LogLevel::Warning, "only a restart applies this change", {{"setting", setting}});
  }
  // Who judges by the address must judge by the one that is still bound.
  *loaded.config = config::without_restart(std::move(*loaded.config), *config_);
  config_ = loaded.config;
  pool_->set_policy(config_->daemon.targets);
  sender_->set_policy(config_->daemon.targets);
  apply_routes(difference, loaded);
  outbox_->set_channels(config_->channels);
  pipeline_->submit(desk_->reconfigure(config_, link_prefix(config_->daemon, address()),
                                       network_->clock().wall_now()));
  reloaded_ = network_->clock().wall_now();
  log_.info("configuration reloaded", {{"routes", std::to_string(config_->routes.size())}});
  log_notes();
}

void App::apply_routes(const config::Difference& difference, const LoadedConfig& loaded) {
  for (const auto& route : difference.removed) pool_->remove(route);
  pipeline_->set_routes(loaded.config->routes);
  // Those that did not change too: theirs are of the configuration before, which would stay in
  // memory with them.
  for (const auto& target : loaded.targets) {
    if (target->route->probed_from(config_->daemon.region)) {
      pool_->set(target);
    } else {
      pool_->remove(target->route->id());
    }
  }
}

void App::on_told(const std::vector<storage::IncidentStep>& steps) {
  for (const auto& step : steps) {
    if (log_incidents_) {
      const auto line = incident_line(step);
      log_.each(line.level, "incident", line.fields);
    }
    outbox_->add(step.deliveries);
  }
}

void App::log_notification(const alerting::LogRequest& request) {
  LogFields fields;
  for (const auto& [key, value] : request.fields) fields.push_back({key, value});
  log_.each(log_level(config::severity_name(request.severity)), "notification", fields);
}

void App::on_silence(const storage::SilenceRecord& silence) {
  recorder_->submit(silence);
  desk_->set_silences(silences_.list());
  log_.info("silence", {{"id", std::to_string(silence.id)}, {"author", silence.author}});
}

// Somebody was to hear of something, and does not.
void App::log_failure(const storage::DeliveryRecord& delivery) {
  if (delivery.state != storage::DeliveryState::Failed) return;
  const auto channel =
      std::ranges::find(config_->channels, delivery.channel, &config::Channel::name);
  const bool falls_back = channel != config_->channels.end() && !channel->fallback.empty();
  log_.each(LogLevel::Error, "notification given up",
            {{"channel", delivery.channel},
             {"incident", std::to_string(delivery.incident)},
             {"key", delivery.key},
             {"error", delivery.last_error},
             {"fallback", falls_back ? channel->fallback : "none"}});
}

}  // namespace gatewatch::daemon
