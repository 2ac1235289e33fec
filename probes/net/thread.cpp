#include "probes/net/thread.h"

#include <csignal>
#include <pthread.h>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace gatewatch::net {
namespace {

constexpr std::size_t longest_name = 15;  // more, and the kernel refuses the name

// A thread inherits what is blocked where it is made: blocking later would leave a gap.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t blocked;
    sigfillset(&blocked);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigdelset(&blocked, fault);
    pthread_sigmask(SIG_SETMASK, &blocked, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

std::optional<Error> start_thread(std::jthread& into, const std::string& name,
                                  std::move_only_function<void()> run) {
  const SignalsBlocked blocked;
  try {
    into =
        std::jthread([short_name = name.substr(0, longest_name), run = std::move(run)]() mutable {
          pthread_setname_np(pthread_self(), short_name.c_str());
          run();
        });
    return std::nullopt;
  } catch (const std::system_error& error) {
    return Error{fmt::format("the thread {} cannot be started: {}", name, error.code().message())};
  }
}

}  // namespace gatewatch::net
