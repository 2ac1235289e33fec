// What each route's name resolved to when it was last probed, so that a change of address is a
// fact of the result that saw it first. One thread.

#pragma once

#include <string>
#include <unordered_map>

#include "probes/result.h"

namespace gatewatch::daemon {

class AddressWatch {
 public:
  // Says in the result whether its addresses differ from those of the route's result before it.
  // The first result of a route, and one that resolved no name, differ from nothing.
  void look_at(Result& result);
  // The route's name is another one, or is resolved in another way.
  void forget(const std::string& route) { last_.erase(route); }

 private:
  std::unordered_map<std::string, ResolvedAddresses> last_;
};

}  // namespace gatewatch::daemon
