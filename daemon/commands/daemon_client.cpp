#include "daemon/commands/daemon_client.h"

#include <utility>

#include <fmt/format.h>

#include "config/load.h"
#include "daemon/commands/daemon_exchange.h"
#include "probes/text.h"

namespace gatewatch::daemon {
namespace {

// What an answer that is no success says of itself.
Error refusal(int status, const nlohmann::json& body, const std::string& address) {
  auto text = body.is_object() && body.contains("error") && body["error"].is_string()
                  ? clean_utf8(body["error"].get<std::string>())
                  : fmt::format("{} answers with status {}", address, status);
  return {std::move(text)};
}

}  // namespace

std::expected<DaemonClient, std::vector<std::string>> DaemonClient::open(
    const std::string& config_file, const config::Environment& environment) {
  auto access = config::load_daemon_access(config_file, environment);
  if (!access) {
    std::vector<std::string> lines;
    for (const auto& mistake : access.error()) lines.push_back(mistake.text());
    return std::unexpected(std::move(lines));
  }
  if (auto token = environment("GATEWATCH_TOKEN"); token && !token->empty()) {
    access->token = config::Secret(*std::move(token));
  }
  return DaemonClient(*std::move(access));
}

std::string DaemonClient::address() const {
  return daemon_address(access_);
}

std::expected<DaemonAnswer, Error> DaemonClient::get(const std::string& target) const {
  return ask("GET", target, {});
}

std::expected<DaemonAnswer, Error> DaemonClient::post(const std::string& target,
                                                      const nlohmann::json& body) const {
  if (access_.token.empty()) {
    return std::unexpected(Error{
        access_.no_token.empty()
            ? "this changes something, which needs daemon.token in the configuration"
            : fmt::format("this needs the token, which cannot be had ({}): set GATEWATCH_TOKEN",
                          access_.no_token)});
  }
  return ask("POST", target, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::expected<DaemonAnswer, Error> DaemonClient::ask(const std::string& method,
                                                     const std::string& target,
                                                     const std::string& body) const {
  auto network = net::UvNetwork::create();
  if (!network) return std::unexpected(network.error());
  // Whoever listens there gets the token only where he cannot do without.
  auto access = access_;
  const bool may_do_without = method == "GET";
  if (may_do_without) access.token = {};
  auto response = DaemonExchange(**network, access, {method, target, body}).run();
  if (response && response->status == 401 && may_do_without && !access_.token.empty()) {
    response = DaemonExchange(**network, access_, {method, target, body}).run();
  }
  if (!response) return std::unexpected(std::move(response.error()));
  auto json = nlohmann::json::parse(response->body, nullptr, false);
  if (!json.is_object()) {
    return std::unexpected(Error{fmt::format(
        "what answers on {} is no gatewatch: its answer is no JSON object", address())});
  }
  // 503 with the checks that fail is an answer, too.
  const bool is_error = json.contains("error");
  if (is_error || (response->status >= 400 && !json.contains("checks"))) {
    return std::unexpected(refusal(response->status, json, address()));
  }
  return DaemonAnswer{response->status, std::move(json)};
}

}  // namespace gatewatch::daemon
