// Builds every part and hands each its neighbours: the only file that knows all of them. One App
// is one daemon: main loop, probe threads, writer, reader and sender.

#pragma once

#include <atomic>
#include <expected>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alerting/delivery/sender.h"
#include "alerting/incident_desk.h"
#include "alerting/outbox.h"
#include "config/config.h"
#include "config/difference.h"
#include "daemon/clock_watch.h"
#include "daemon/housekeeping.h"
#include "daemon/log.h"
#include "daemon/loop_mailbox.h"
#include "daemon/own_metrics.h"
#include "daemon/pipeline.h"
#include "daemon/probe_pool.h"
#include "daemon/process.h"
#include "daemon/reloader.h"
#include "daemon/self_report.h"
#include "daemon/silence_book.h"
#include "daemon/systemd_notify.h"
#include "daemon/web_front.h"
#include "probes/net/uv_network.h"
#include "storage/reader.h"
#include "storage/recorder.h"

namespace gatewatch::daemon {

struct AppSettings {
  LoadedConfig loaded;
  LoadConfig load;  // what a reload calls
  Pipeline::Observer observer;
  bool log_incidents = true;  // false where the observer tells them
};

class App {
 public:
  // Opens the store, restores what was open, binds the port and starts the threads. An error is
  // one clear sentence; nothing is left behind.
  [[nodiscard]] static std::expected<std::unique_ptr<App>, Error> create(AppSettings settings,
                                                                         Log& log);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  // Runs until SIGTERM, SIGINT or stop(); probes and messages in flight get up to 1.2 s to finish.
  void run();
  // Ends run() as SIGTERM does; from the main loop.
  void stop();

  // Where the HTTP server listens: "http://127.0.0.1:9502".
  [[nodiscard]] const std::string& address() const { return web_->address(); }

 private:
  using ReloadWaiter = std::function<void(const web::ReloadAnswer&)>;

  App(AppSettings settings, Log& log, std::unique_ptr<net::UvNetwork> network);

  [[nodiscard]] std::optional<Error> open_storage();
  [[nodiscard]] std::optional<Error> restore(storage::Store& store);
  [[nodiscard]] std::optional<Error> start_alerting();
  [[nodiscard]] std::optional<Error> start_web();
  [[nodiscard]] std::optional<Error> start_probing();
  void watch_signals();
  void log_notes();
  void pulse();
  void tick();
  void watch_clocks();
  void log_own_troubles();
  void keep_records();
  void reload(ReloadWaiter done);
  void finish_reload(const std::expected<LoadResult, Error>& result);
  void put_in_force(const LoadedConfig& loaded);
  void apply_routes(const config::Difference& difference, const LoadedConfig& loaded);
  [[nodiscard]] std::expected<std::unique_ptr<storage::Store>, Error> replace_store(
      const std::string& path, std::unique_ptr<storage::Store> given_up);
  void on_lost(const storage::LostHistory& lost);
  void on_told(const std::vector<storage::IncidentStep>& steps);
  void log_failure(const storage::DeliveryRecord& delivery);
  void log_notification(const alerting::LogRequest& request);
  [[nodiscard]] OwnState own_state() const;
  [[nodiscard]] web::ApiSources api_sources();
  [[nodiscard]] bool acknowledge(std::int64_t incident,
                                 const alerting::Acknowledgement& acknowledgement);
  [[nodiscard]] std::int64_t add_change(storage::ChangeRecord change);
  void on_silence(const storage::SilenceRecord& silence);
  [[nodiscard]] web::WebPieces scrape() const;
  [[nodiscard]] std::vector<Result> last_results(const std::string& route) const;
  [[nodiscard]] std::vector<web::RegionReport> regions() const;
  [[nodiscard]] std::optional<Timestamp> next_due(const config::Route& route) const;

  Log& log_;
  std::unique_ptr<net::UvNetwork> network_;
  std::shared_ptr<const config::Config> config_;
  std::vector<std::shared_ptr<const Target>> first_targets_;
  std::vector<std::string> in_doubt_;  // routes to confirm once probing begins
  Pipeline::Observer observer_;
  const bool log_incidents_;
  SystemdNotify systemd_;
  SelfReport self_report_;
  ScheduleAnchor anchor_;
  Timestamp reloaded_;
  ClockWatch clocks_;
  std::map<std::string, std::uint64_t> clock_jumps_;  // by kind
  Housekeeping housekeeping_;
  std::chrono::nanoseconds own_turns_{0};  // the longest turn of the main loop, in the last second
  bool reload_successful_ = true;
  bool stopping_ = false;
  std::atomic<std::uint64_t> lost_results_ = 0;
  std::uint64_t lost_histories_ = 0;
  SilenceBook silences_{network_->clock(), [this](const auto& silence) { on_silence(silence); }};
  std::int64_t last_change_ = 0;  // the newest id
  DescriptorShares shares_;
  std::optional<storage::LostHistory> lost_;      // at the start, while nobody could be told
  std::optional<storage::LostHistory> given_up_;  // the recorder's thread's: likewise
  std::vector<storage::DeliveryRecord> to_resume_;

  std::unique_ptr<LoopMailbox> results_;  // from the probe threads
  std::unique_ptr<LoopMailbox> control_;  // from everyone else
  std::unique_ptr<Reloader> reloader_;
  std::unique_ptr<alerting::IncidentDesk> desk_;
  std::optional<storage::Recorder> recorder_;
  std::optional<storage::Reader> reader_;
  std::unique_ptr<alerting::Sender> sender_;
  std::unique_ptr<alerting::Outbox> outbox_;
  std::unique_ptr<ProbePool> pool_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<WebFront> web_;
  std::vector<ReloadWaiter> reload_waiters_;
  std::vector<std::unique_ptr<net::SignalWatch>> signals_;
  std::unique_ptr<net::Timer> pulse_timer_;
  std::unique_ptr<net::Timer> tick_timer_;
  std::unique_ptr<net::Timer> stop_timer_;
};

}  // namespace gatewatch::daemon
