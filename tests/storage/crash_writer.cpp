// A daemon's writer reduced to what a crash can hurt: writes numbered batches for ever, and says
// "NUMBER\n" on its standard output as soon as a batch is written. It ends by being killed.
//
//   crash_writer PATH FIRST_NUMBER

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <unistd.h>

#include "storage/sqlite/sqlite_store.h"
#include "tests/contracts/records_samples.h"

using namespace gatewatch;

namespace {

bool roll_up(storage::Store& store, Timestamp until) {
  std::expected<std::uint64_t, Error> made = 1;
  while (made && *made > 0) made = store.roll_up(until);
  return made.has_value();
}

}  // namespace

int main(int argc, char** argv) {
  std::int64_t number = 0;
  if (argc != 3) return 2;
  const std::string_view first(argv[2]);
  std::from_chars(first.data(), first.data() + first.size(), number);
  auto store = storage::open_sqlite_store(argv[1], storage::OpenMode::ReadWrite);
  if (!store) {
    const auto line = store.error().message + "\n";
    return ::write(STDERR_FILENO, line.data(), line.size()) > 0 ? 1 : 3;
  }
  for (;; ++number) {
    storage::Batch batch;
    for (int index = 0; index < 20; ++index)
      batch.results.push_back(tests::sample_failure(std::to_string(number), tests::sample_time()));
    // Every other batch holds results alone: it is committed without waiting for the disk.
    if (number % 2 == 0) batch.steps = {tests::sample_step(number, 1)};
    if (!(*store)->write(batch)) return 4;
    const auto line = std::to_string(number) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) return 5;
    if (number % 3 == 0 && !(*store)->compact_results(1)) return 7;
    // Hours go on and end, in the midst of what comes in.
    if (number % 3 == 0 && !roll_up(**store, tests::sample_time(number % 2 == 0 ? 5 : 7'200)))
      return 7;
    if (number % 5 == 0 && !(*store)->forget_results(tests::sample_time(-1), 100)) return 6;
  }
}
