// libcurl as a prober: its multi interface, a fresh connection for every probe. A peer for the
// benchmark.
//
//   curl_multi --port PORT [--targets N] [--connections N] [--seconds S] [--ca FILE]
//
// Prints the same line as `floor`.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <vector>

#include <curl/curl.h>

namespace {

using SteadyClock = std::chrono::steady_clock;

struct Options {
  int port = 0;
  int targets = 1000;
  int connections = 32;
  double seconds = 3;
  std::string ca;
};

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

std::size_t discard(char* /*bytes*/, std::size_t size, std::size_t count, void* /*user*/) {
  return size * count;
}

class Prober {
 public:
  explicit Prober(const Options& options) : options_(options), multi_(curl_multi_init()) {
    for (int index = 0; index < options_.connections; ++index) start(curl_easy_init());
  }

  void run() {
    run_for(0.5);
    done_ = failed_ = 0;
    const double before = cpu_seconds();
    run_for(options_.seconds);
    std::printf("{\"probes\": %ld, \"failed\": %ld, \"cpu_us\": %.3f}\n", done_, failed_,
                (cpu_seconds() - before) * 1e6 / static_cast<double>(done_));
  }

 private:
  void start(CURL* easy) {
    next_ = (next_ + 1) % options_.targets;
    const bool tls = !options_.ca.empty();
    const auto address = "127.1." + std::to_string(next_ / 256) + "." + std::to_string(next_ % 256);
    const auto url = (tls ? "https://" : "http://") + address + ":" + std::to_string(options_.port);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    if (tls) {
      curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca.c_str());
      curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    }
    curl_multi_add_handle(multi_, easy);
  }

  void run_for(double seconds) {
    const auto end = SteadyClock::now() + std::chrono::duration<double>(seconds);
    while (SteadyClock::now() < end) {
      int running = 0;
      curl_multi_perform(multi_, &running);
      int waiting = 0;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &waiting)) {
        if (message->msg != CURLMSG_DONE) continue;
        ++(message->data.result == CURLE_OK ? done_ : failed_);
        CURL* const easy = message->easy_handle;
        curl_multi_remove_handle(multi_, easy);
        start(easy);
      }
      curl_multi_poll(multi_, nullptr, 0, 100, nullptr);
    }
  }

  Options options_;
  CURLM* multi_;
  int next_ = 0;
  long done_ = 0;
  long failed_ = 0;
};

Options parse(int count, char** arguments) {
  Options options;
  for (int index = 1; index + 1 < count; index += 2) {
    const std::string_view name = arguments[index];
    const char* const value = arguments[index + 1];
    if (name == "--port") options.port = std::atoi(value);
    if (name == "--targets") options.targets = std::atoi(value);
    if (name == "--connections") options.connections = std::atoi(value);
    if (name == "--seconds") options.seconds = std::atof(value);
    if (name == "--ca") options.ca = value;
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  if (options.port == 0) {
    std::fputs(
        "usage: curl_multi --port PORT [--targets N] [--connections N] [--seconds S] "
        "[--ca FILE]\n",
        stderr);
    return 2;
  }
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Prober(options).run();
}
