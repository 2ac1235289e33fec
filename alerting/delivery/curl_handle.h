// A libcurl easy handle with what every delivery asks for: our sockets, deadlines, no proxy, no
// signals, no redirect, verified TLS, bounded answers. Its callbacks only record.

#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include <curl/curl.h>

#include "alerting/delivery/curl_sender.h"
#include "alerting/delivery/send_status.h"
#include "alerting/delivery/socket_guard.h"

namespace gatewatch::alerting {

// Must stay where it is: libcurl points into it.
class CurlHandle {
 public:
  // `protocols`: as CURLOPT_PROTOCOLS_STR takes them; `ca`: a PEM file, empty: the system's.
  CurlHandle(const CurlSenderSettings& settings, SocketGuard& guard, const char* protocols,
             const std::string& ca);
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  // An option that could not be set makes perform() fail.
  template <typename Value>
  void set(CURLoption option, Value value) {
    if (failed_ == CURLE_OK) failed_ = curl_easy_setopt(handle_.get(), option, value);
  }
  // Takes down what an SMTP server replies, and to which receiver. Whatever we send passes a
  // callback of ours then, which an HTTP request with its credentials need not.
  void record_replies();
  // Bytes to upload; valid until perform() has returned.
  void set_upload(std::string_view bytes);

  [[nodiscard]] CURLcode perform();

  // After perform().
  [[nodiscard]] std::string failure(CURLcode code) const;  // one sentence
  [[nodiscard]] long response_code() const;
  [[nodiscard]] std::chrono::seconds retry_after() const;
  [[nodiscard]] const std::string& body() const { return body_; }
  [[nodiscard]] const SmtpReplies& replies() const { return replies_; }  // where they are recorded

 private:
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int on_close(void* self, curl_socket_t socket) noexcept;
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept;
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count,
                               void* self) noexcept;
  static int on_debug(CURL* curl, curl_infotype kind, char* bytes, std::size_t length,
                      void* self) noexcept;
  static std::size_t on_upload(char* buffer, std::size_t size, std::size_t count,
                               void* self) noexcept;

  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };

  SocketGuard& guard_;
  std::string refused_;  // by the target policy
  std::string body_;
  std::size_t body_bytes_ = 0;
  SmtpReplies replies_;
  std::string_view upload_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  CURLcode failed_ = CURLE_OK;
  std::unique_ptr<CURL, Cleanup> handle_;  // last: its end still calls back
};

}  // namespace gatewatch::alerting
