// Every URL of our server on one screen. What is not here does not exist; each line says who may.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "daemon/web/access.h"
#include "daemon/web/web_message.h"

namespace gatewatch::daemon::web {

class Api;

struct WebRoute {
  std::string_view method;  // GET serves HEAD too
  std::string_view path;    // "{id}" as a segment stands for a number from 1 on
  Access access;
  void (Api::*handler)(const WebRequest&, const WebReply&) const;
};

[[nodiscard]] std::span<const WebRoute> web_routes() noexcept;

struct RouteMatch {
  const WebRoute* route = nullptr;  // nullptr: no such path, or not by this method
  std::int64_t id = 0;
  std::string allow;  // the methods of the path; empty: no such path
};

[[nodiscard]] RouteMatch match_route(std::string_view method, std::string_view path);

}  // namespace gatewatch::daemon::web
