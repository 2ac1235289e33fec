// A store that there is always one of: where the file is damaged, it is set aside under a name of
// its own, never overwritten, and a new one takes its place, with what could be read of incidents,
// deliveries, silences and changes.

#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "storage/records.h"
#include "storage/store.h"

namespace gatewatch::storage {

struct LastingStore {
  std::unique_ptr<Store> store;
  std::optional<LostHistory> lost;  // where a damaged file was set aside
};

// As open_sqlite_store() for writing, but for a file that is damaged, was cut to nothing after it
// had been used, or whose beginning is no SQLite database. What belongs to another program, is
// newer or is in use is refused all the same. On a full disk what was kept back for such a moment
// is used. `now` goes into the file's name: PATH.damaged-20261120T100506Z.
[[nodiscard]] std::expected<LastingStore, Error> open_lasting_store(const std::string& path,
                                                                    Timestamp now);

// Makes room for open_lasting_store() where a store needed a replacement while it was used, and is
// closed now. A damaged one is set aside even where a look at its beginning finds nothing wrong;
// one that was moved or deleted leaves its place to what is there now.
[[nodiscard]] std::expected<LostHistory, Error> give_up_store(const std::string& path,
                                                              Trouble trouble, Timestamp now);

// When somebody last wrote to the database; nothing where there is none.
[[nodiscard]] std::optional<Timestamp> last_written(const std::string& path);

}  // namespace gatewatch::storage
