#include "probes/net/llhttp_fault.h"

#include <set>
#include <string_view>

#include <doctest/doctest.h>

using namespace gatewatch::net;

TEST_CASE("every fault has a sentence of its own") {
  std::set<std::string_view> sentences;
  for (int fault = 0; fault <= static_cast<int>(ReadFault::Refused); ++fault) {
    const std::string_view sentence = read_fault_sentence(static_cast<ReadFault>(fault));
    CHECK(sentence.ends_with('.'));
    CHECK(sentences.insert(sentence).second);
  }
}
