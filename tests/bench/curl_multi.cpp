// libcurl as a prober: its multi interface, a fresh connection for every probe. A peer for the
// benchmark.
//
//   curl_multi --port PORT [--targets N] [--connections N] [--seconds S] [--ca FILE]
//
// Prints the same line as `floor`.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <curl/curl.h>

#include "tests/bench/prober.h"

using namespace gatewatch::bench;

namespace {

std::size_t discard(char* /*bytes*/, std::size_t size, std::size_t count, void* /*user*/) {
  return size * count;
}

class Prober {
 public:
  explicit Prober(const ProberOptions& options) : options_(options), multi_(curl_multi_init()) {
    for (std::size_t index = 0; index < options_.connections; ++index) start(curl_easy_init());
  }

  void run() {
    measure(counts_, options_.seconds, [this](double seconds) { run_for(seconds); });
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
        ++(message->data.result == CURLE_OK ? counts_.done : counts_.failed);
        CURL* const easy = message->easy_handle;
        curl_multi_remove_handle(multi_, easy);
        start(easy);
      }
      curl_multi_poll(multi_, nullptr, 0, 100, nullptr);
    }
  }

  ProberOptions options_;
  CURLM* multi_;
  std::uint32_t next_ = 0;
  ProbeCounts counts_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse_prober_options("curl_multi", argc, argv);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  Prober(options).run();
}
