#include "alerting/delivery/curl_sender.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <curl/curl.h>

#include "alerting/delivery/curl_transfer.h"
#include "alerting/delivery/socket_guard.h"
#include "probes/net/thread.h"

namespace gatewatch::alerting {
namespace {

constexpr std::size_t most_waiting = 4096;  // sends without an answer

struct Job {
  std::uint64_t id = 0;
  Request request;
};

struct Answer {
  std::uint64_t id = 0;
  TransferOutcome outcome;
  std::optional<LogRequest> line;
};

// A pool of threads that grows with the work up to `transfers` and each of which does one attempt
// after another. Between the threads go values, under one lock.
class CurlSender final : public Sender {
 public:
  CurlSender(net::Network& network, CurlSenderSettings settings)
      : settings_(std::move(settings)),
        guard_(settings_.policy),
        wakeup_(network.wakeup([this] { take_answers(); })) {}
  ~CurlSender() override;

  [[nodiscard]] std::optional<Error> add_worker();
  void send(Request request, Done done) override;
  void set_policy(TargetPolicy policy) override { guard_.set_policy(std::move(policy)); }

 private:
  void work();
  [[nodiscard]] TransferOutcome perform(const Request& request);
  void answer(Answer answer);
  void take_answers();

  const CurlSenderSettings settings_;
  SocketGuard guard_;
  std::unique_ptr<net::Wakeup> wakeup_;

  // Of the loop thread.
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, Done> waiting_;
  std::vector<std::jthread> workers_;

  std::mutex mutex_;
  std::condition_variable work_came_;
  // Guarded by mutex_.
  std::deque<Job> jobs_;
  std::vector<Answer> answers_;
  std::size_t idle_ = 0;  // workers waiting for a job
  bool ending_ = false;
};

CurlSender::~CurlSender() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  guard_.cut_off();
  work_came_.notify_all();
  workers_.clear();  // joins them
  curl_global_cleanup();
}

std::optional<Error> CurlSender::add_worker() {
  std::jthread worker;
  auto error = net::start_thread(worker, "sender", [this] { work(); });
  if (!error) workers_.push_back(std::move(worker));
  return error;
}

void CurlSender::send(Request request, Done done) {
  const auto id = ++last_id_;
  const bool full = waiting_.size() >= most_waiting;
  waiting_.emplace(id, std::move(done));
  if (full) {
    return answer({id, {{SendStatus::Transient, "too many sends are waiting", {}}, ""}, {}});
  }
  if (auto* const log = std::get_if<LogRequest>(&request)) {
    return answer({id, {{SendStatus::Delivered, "", {}}, ""}, std::move(*log)});
  }
  bool busy = false;
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back({id, std::move(request)});
    busy = jobs_.size() > idle_;
  }
  work_came_.notify_one();
  // Without a new thread the work waits for those there are.
  if (busy && workers_.size() < static_cast<std::size_t>(settings_.transfers)) (void)add_worker();
}

void CurlSender::work() {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      ++idle_;
      work_came_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
      --idle_;
      if (ending_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    answer({job.id, perform(job.request), {}});
  }
}

TransferOutcome CurlSender::perform(const Request& request) {
  if (const auto* const http = std::get_if<HttpRequest>(&request)) {
    return perform_http(*http, settings_, guard_);
  }
  return perform_mail(std::get<MailRequest>(request), settings_, guard_);
}

void CurlSender::answer(Answer answer) {
  {
    const std::scoped_lock lock(mutex_);
    answers_.push_back(std::move(answer));
  }
  wakeup_->notify();
}

void CurlSender::take_answers() {
  std::vector<Answer> answers;
  {
    const std::scoped_lock lock(mutex_);
    answers.swap(answers_);
  }
  for (auto& [id, outcome, line] : answers) {
    auto waiting = waiting_.extract(id);
    if (line && settings_.log) settings_.log(*line);
    if (!outcome.notice.empty() && settings_.notice) settings_.notice(outcome.notice);
    waiting.mapped()(std::move(outcome.result));
  }
}

}  // namespace

std::expected<std::unique_ptr<Sender>, Error> make_curl_sender(net::Network& network,
                                                               CurlSenderSettings settings) {
  if (const auto code = curl_global_init(CURL_GLOBAL_DEFAULT); code != CURLE_OK) {
    return std::unexpected(Error{std::string("libcurl: ") + curl_easy_strerror(code)});
  }
  auto sender = std::make_unique<CurlSender>(network, std::move(settings));
  if (auto error = sender->add_worker()) return std::unexpected(std::move(*error));
  return sender;
}

}  // namespace gatewatch::alerting
