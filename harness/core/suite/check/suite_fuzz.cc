// Any bytes as a suite file: an error or a suite, never a crash; and what is accepted resolves to a
// form that reads back as itself.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "harness/core/plan.h"
#include "harness/core/suite/suite_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto suite = tracetax::parse_suite(text, "fuzz.json", {});
  if (!suite) {
    if (suite.error().message.empty()) std::abort();
    return 0;
  }
  const auto again = tracetax::parse_suite(suite->resolved.dump(), "resolved.json", {});
  if (!again || again->resolved != suite->resolved) {
    std::fprintf(stderr, "not read back: %s\n", again ? "differs" : again.error().message.c_str());
    std::abort();
  }
  const auto cells = suite->targets.size() * suite->scenarios.size();
  const auto kinds = suite->design.capacity ? 2U : 1U;
  const auto blocks = static_cast<std::size_t>(suite->design.blocks);
  const auto segments = cells * kinds * blocks * suite->arms.size();
  if (segments < 10'000 && tracetax::make_plan(*suite, size).segments.size() != segments)
    std::abort();
  return 0;
}
