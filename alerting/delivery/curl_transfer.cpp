#include "alerting/delivery/curl_transfer.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "alerting/delivery/curl_handle.h"

namespace gatewatch::alerting {
namespace {

class StringList {
 public:
  StringList() = default;
  StringList(const StringList&) = delete;
  StringList& operator=(const StringList&) = delete;
  ~StringList() { curl_slist_free_all(list_); }

  // False where memory ran out.
  [[nodiscard]] bool add(const std::string& text) {
    auto* const longer = curl_slist_append(list_, text.c_str());
    if (longer != nullptr) list_ = longer;
    return longer != nullptr;
  }
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

TransferOutcome refuse(std::string why) {
  return {.result = {.status = SendStatus::Permanent, .error = std::move(why)}, .notice = ""};
}

TransferOutcome out_of_memory() {
  return {.result = {.status = SendStatus::Transient, .error = "out of memory"}, .notice = ""};
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char byte) {
    return (static_cast<unsigned char>(byte) < ' ' && byte != '\t') || byte == 0x7f;
  });
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char byte) {
    return byte > ' ' && byte < 0x7f && byte != ':' && byte != ';';
  });
}

// What an answer may repeat but an error must not: the URL's path, query and their parts, and
// every header's value.
std::vector<std::string> secrets_of(const HttpRequest& request) {
  std::vector<std::string> secrets;
  const auto& url = request.url.reveal();
  const auto authority = url.find("://");
  const auto path = authority == std::string::npos ? authority : url.find('/', authority + 3);
  secrets.push_back(url);
  if (path != std::string::npos) {
    secrets.push_back(url.substr(path));
    secrets.push_back(url.substr(path, url.find_first_of("?#", path) - path));
    std::string part;
    for (const char byte : url.substr(path) + "/") {
      if (std::string_view("/?&=#").find(byte) == std::string_view::npos) {
        part += byte;
      } else {
        secrets.push_back(std::exchange(part, ""));
      }
    }
  }
  for (const auto& header : request.headers) secrets.push_back(header.value.reveal());
  for (const auto& secret : request.secrets) secrets.push_back(secret.reveal());
  std::ranges::sort(secrets, [](const auto& left, const auto& right) {
    return left.size() > right.size();  // a whole before its parts
  });
  return secrets;
}

SendResult failed(const CurlHandle& handle, CURLcode code) {
  return {.status = SendStatus::Transient, .error = handle.failure(code)};
}

}  // namespace

TransferOutcome perform_http(const HttpRequest& request, const CurlSenderSettings& settings,
                             SocketGuard& guard) {
  StringList headers;
  if (!headers.add("Expect:")) return out_of_memory();  // no waiting for "100 Continue"
  for (const auto& [name, secret] : request.headers) {
    const auto& value = secret.reveal();
    if (!is_header_name(name) || has_control(value)) {
      return refuse("a configured header has a name or a value that HTTP does not allow");
    }
    if (!headers.add(value.empty() ? name + ";" : name + ": " + value)) return out_of_memory();
  }
  CurlHandle handle(settings, guard, "http,https", request.ca);
  handle.set(CURLOPT_URL, request.url.reveal().c_str());
  handle.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  handle.set(CURLOPT_HTTPHEADER, headers.get());
  handle.set(CURLOPT_POST, 1L);
  handle.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  handle.set(CURLOPT_POSTFIELDS, request.body.c_str());
  const auto code = handle.perform();
  // A status is an answer, whatever becomes of the body behind it.
  const long status = handle.response_code();
  const auto secrets = secrets_of(request);
  auto result = status >= 200 ? judge_http(status, handle.body(), handle.retry_after(), secrets)
                              : failed(handle, code);
  result.error = without_secrets(result.error, secrets);
  return {.result = std::move(result), .notice = ""};
}

TransferOutcome perform_mail(const MailRequest& request, const CurlSenderSettings& settings,
                             SocketGuard& guard) {
  if (request.from.empty() || request.to.empty()) {
    return refuse("the channel has no valid sender address or no valid receiver");
  }
  StringList receivers;
  for (const auto& receiver : request.to) {
    if (has_control(receiver) || has_control(request.from)) {
      return refuse("an address has a control character");
    }
    if (!receivers.add("<" + receiver + ">")) return out_of_memory();
  }
  CurlHandle handle(settings, guard, "smtp,smtps", request.ca);
  handle.record_replies();
  handle.set(CURLOPT_URL, request.server.c_str());
  handle.set(CURLOPT_USE_SSL,
             static_cast<long>(request.tls == config::MailTls::Required ? CURLUSESSL_ALL
                                                                        : CURLUSESSL_NONE));
  if (!request.username.empty()) {
    handle.set(CURLOPT_USERNAME, request.username.c_str());
    handle.set(CURLOPT_PASSWORD, request.password.reveal().c_str());
  }
  handle.set(CURLOPT_MAIL_FROM, ("<" + request.from + ">").c_str());
  handle.set(CURLOPT_MAIL_RCPT, receivers.get());
  // One dead address must not keep the message from the others.
  handle.set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  handle.set_upload(request.message);
  const auto code = handle.perform();
  const std::vector<std::string> secrets = {request.password.reveal()};
  TransferOutcome outcome;
  if (code == CURLE_OK) {
    outcome.result.status = SendStatus::Delivered;
    outcome.result.error =
        without_secrets(refused_part(handle.replies(), request.to.size()), secrets);
    if (!outcome.result.error.empty()) {
      outcome.notice = "a mail was " + outcome.result.error;
    } else if (!handle.replies().line.empty()) {
      outcome.notice = without_secrets(
          "a mail was accepted, though not in every step: " + handle.replies().line, secrets);
    }
    return outcome;
  }
  // These are refusals by the server alone; everything else is a failure on the way.
  const bool refused = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
                       code == CURLE_LOGIN_DENIED || code == CURLE_WEIRD_SERVER_REPLY ||
                       code == CURLE_REMOTE_ACCESS_DENIED || code == CURLE_UPLOAD_FAILED;
  const bool said_no = refused && handle.replies().last >= 400;
  outcome.result =
      judge_mail_failure(handle.replies(), said_no ? std::string() : handle.failure(code));
  outcome.result.error = without_secrets(outcome.result.error, secrets);
  return outcome;
}

}  // namespace gatewatch::alerting
