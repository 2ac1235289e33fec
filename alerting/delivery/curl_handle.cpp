#include "alerting/delivery/curl_handle.h"

#include <algorithm>
#include <cstring>

namespace gatewatch::alerting {
namespace {

constexpr std::size_t most_body = 64 << 10;  // bytes of an answer that are read
constexpr std::size_t most_kept = 4 << 10;   // bytes of it kept for the error's text

}  // namespace

CurlHandle::CurlHandle(const CurlSenderSettings& settings, SocketGuard& guard,
                       const char* protocols, const std::string& ca)
    : guard_(guard), handle_(curl_easy_init()) {
  if (handle_ == nullptr) {
    failed_ = CURLE_OUT_OF_MEMORY;
    return;
  }
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, protocols);
  set(CURLOPT_PROXY, "");  // an empty one also overrules the environment's
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  // Also bounds the wait for the answer to QUIT, which the timeout does not.
  set(CURLOPT_SERVER_RESPONSE_TIMEOUT,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(settings.timeout).count()));
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // no waiting for the resolver's thread at the end
  set(CURLOPT_USERAGENT, settings.user_agent.c_str());
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca.empty()) {
    set(CURLOPT_CAINFO, ca.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  set(CURLOPT_OPENSOCKETFUNCTION, &on_open);
  set(CURLOPT_OPENSOCKETDATA, this);
  set(CURLOPT_CLOSESOCKETFUNCTION, &on_close);
  set(CURLOPT_CLOSESOCKETDATA, this);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, this);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, this);
}

void CurlHandle::record_replies() {
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, this);
  // Nothing else tells which command a reply answers.
  set(CURLOPT_DEBUGFUNCTION, &on_debug);
  set(CURLOPT_DEBUGDATA, this);
  set(CURLOPT_VERBOSE, 1L);
}

void CurlHandle::set_upload(std::string_view bytes) {
  upload_ = bytes;
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
  set(CURLOPT_READFUNCTION, &on_upload);
  set(CURLOPT_READDATA, this);
}

CURLcode CurlHandle::perform() {
  return failed_ == CURLE_OK ? curl_easy_perform(handle_.get()) : failed_;
}

std::string CurlHandle::failure(CURLcode code) const {
  if (!refused_.empty()) return refused_;
  return error_[0] != '\0' ? error_.data() : curl_easy_strerror(code);
}

long CurlHandle::response_code() const {
  long code = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
  return code;
}

std::chrono::seconds CurlHandle::retry_after() const {
  curl_off_t seconds = 0;
  curl_easy_getinfo(handle_.get(), CURLINFO_RETRY_AFTER, &seconds);
  return std::chrono::seconds(seconds);
}

curl_socket_t CurlHandle::on_open(void* self, curlsocktype /*purpose*/,
                                  curl_sockaddr* address) noexcept {
  auto& handle = *static_cast<CurlHandle*>(self);
  return handle.guard_.open(*address, handle.refused_);
}

int CurlHandle::on_close(void* self, curl_socket_t socket) noexcept {
  static_cast<CurlHandle*>(self)->guard_.close(socket);
  return 0;
}

int CurlHandle::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return static_cast<CurlHandle*>(self)->guard_.is_cut_off() ? 1 : 0;
}

std::size_t CurlHandle::on_body(char* bytes, std::size_t size, std::size_t count,
                                void* self) noexcept {
  auto& handle = *static_cast<CurlHandle*>(self);
  const auto length = size * count;
  const auto kept = std::min(length, most_kept - handle.body_.size());
  handle.body_.append(bytes, kept);
  handle.body_bytes_ += length;
  return handle.body_bytes_ > most_body ? 0 : length;  // 0 ends the transfer
}

std::size_t CurlHandle::on_header(char* bytes, std::size_t size, std::size_t count,
                                  void* self) noexcept {
  add_reply_line(static_cast<CurlHandle*>(self)->replies_, {bytes, size * count});
  return size * count;
}

int CurlHandle::on_debug(CURL* /*curl*/, curl_infotype kind, char* bytes, std::size_t length,
                         void* self) noexcept {
  if (kind == CURLINFO_HEADER_OUT) {
    add_command(static_cast<CurlHandle*>(self)->replies_, {bytes, length});
  }
  return 0;
}

std::size_t CurlHandle::on_upload(char* buffer, std::size_t size, std::size_t count,
                                  void* self) noexcept {
  auto& rest = static_cast<CurlHandle*>(self)->upload_;
  const auto length = std::min(size * count, rest.size());
  std::memcpy(buffer, rest.data(), length);
  rest.remove_prefix(length);
  return length;
}

}  // namespace gatewatch::alerting
