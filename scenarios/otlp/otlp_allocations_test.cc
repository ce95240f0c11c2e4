// That bodies take no memory once they flow. A program of its own, as it counts every allocation.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "scenarios/otlp/otlp_testing.h"

namespace {
std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tracetax {
namespace {

TEST(OtlpAllocations, ThereAreNonePerBody) {
  for (const bool as_json : {false, true}) {
    for (const Packing packing : {Packing::none, Packing::gzip, Packing::zstd}) {
      SpanShape shape{.spans = 64, .events = 1};
      shape.random = 0.5;
      BodyMaker maker(std::make_shared<const BodyForm>(make_body_form(shape, as_json)), packing);
      BodyBuffer out;
      for (std::uint64_t number = 0; number < 300; ++number) {
        if (number == 200) allocations = 0;
        out.clear();
        maker.make({testing::export_ids(), number, testing::kNow, false}, out);
      }
      const std::size_t counted = allocations;
      EXPECT_EQ(counted, 0U) << name_of(packing);
    }
  }
}

}  // namespace
}  // namespace tracetax
