// Every socket of a delivery goes through here: it is opened only to an address that the target
// policy permits, and can be cut off by another thread while libcurl waits on it.

#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>

#include <curl/curl.h>

#include "config/ip_address.h"

namespace gatewatch::alerting {

// Shared by all transfers; any thread.
class SocketGuard {
 public:
  explicit SocketGuard(TargetPolicy policy) : policy_(std::move(policy)) {}
  SocketGuard(const SocketGuard&) = delete;
  SocketGuard& operator=(const SocketGuard&) = delete;

  // For the sockets that are opened from now on.
  void set_policy(TargetPolicy policy);
  // A new socket, or CURL_SOCKET_BAD; `refused` says so where the policy did it.
  [[nodiscard]] curl_socket_t open(const curl_sockaddr& address, std::string& refused);
  void close(curl_socket_t socket);

  // No socket opens any more, and those open end at once.
  void cut_off();
  [[nodiscard]] bool is_cut_off() const { return cut_off_; }

 private:
  std::mutex mutex_;
  TargetPolicy policy_;           // guarded by mutex_
  std::set<curl_socket_t> open_;  // guarded by mutex_
  std::atomic<bool> cut_off_ = false;
};

}  // namespace gatewatch::alerting
