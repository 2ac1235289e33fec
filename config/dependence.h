// Which route stands behind which: `depends_on` of routes, over every step.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.h"

namespace gatewatch::config {

class Dependence {
 public:
  Dependence() = default;
  // Of a configuration without circles.
  explicit Dependence(const std::vector<Route>& routes);

  // Ids, the nearest first; each once.
  [[nodiscard]] const std::vector<std::string>& parents(const std::string& route) const;
  // The routes that have it among their parents, by id.
  [[nodiscard]] const std::vector<std::string>& dependents(const std::string& route) const;
  [[nodiscard]] bool empty() const { return parents_.empty(); }

 private:
  using Links = std::map<std::string, std::vector<std::string>>;

  Links parents_;
  Links dependents_;
};

}  // namespace gatewatch::config
