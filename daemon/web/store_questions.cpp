#include "daemon/web/store_questions.h"

#include <utility>

namespace gatewatch::daemon::web {

decltype(ApiSources::ask) ask_through(storage::Reader& reader, LoopMailbox& mailbox) {
  return [&reader, &mailbox](StoreQuestion question, std::function<void(WebResponse)> done) {
    return reader.ask([&mailbox, question = std::move(question),
                       done = std::move(done)](storage::Store& store) mutable {
      WebResponse response = question(store);
      std::ignore =
          mailbox.post([done = std::move(done), response = std::move(response)]() mutable {
            done(std::move(response));
          });
    });
  };
}

}  // namespace gatewatch::daemon::web
