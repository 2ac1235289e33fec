#include "probes/target.h"

#include <utility>

#include <fmt/format.h>

#include "probes/request_writer.h"

namespace gatewatch {

std::expected<std::shared_ptr<const Target>, Error> TargetFactory::create(
    std::shared_ptr<const config::Route> shared_route) {
  const auto& route = *shared_route;
  const auto fail = [&route](const Error& error) {
    return std::unexpected(Error{fmt::format("route {}: {}", route.id(), error.message)});
  };
  auto target = std::make_shared<Target>();
  if (const auto error = check_request(route)) return fail(*error);
  if (!route.proxy.empty()) {
    auto proxy = Proxy::parse(route.proxy);
    if (!proxy) return fail(proxy.error());
    target->proxy = *std::move(proxy);
  }
  auto shared_judge = judge(route.expect);
  if (!shared_judge) return fail(shared_judge.error());
  target->judge = *std::move(shared_judge);
  auto context = contexts_.client(route.tls);
  if (!context) return fail(context.error());
  target->tls = *std::move(context);
  auto anonymous = route.tls;
  anonymous.certificate.clear();
  anonymous.key = config::Secret();
  auto elsewhere = contexts_.client(std::move(anonymous));
  if (!elsewhere) return fail(elsewhere.error());
  target->tls_elsewhere = *std::move(elsewhere);
  target->route = std::move(shared_route);
  return target;
}

std::expected<std::shared_ptr<const Judge>, Error> TargetFactory::judge(
    const config::Expectation& expectation) {
  if (last_judge_ != nullptr && judged_ == expectation) return last_judge_;
  auto made = Judge::create(expectation);
  if (made) {
    last_judge_ = *made;
    judged_ = expectation;
  }
  return made;
}

}  // namespace gatewatch
